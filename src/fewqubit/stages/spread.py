"""Test episodes answered by other processes, piece by piece.

A worker of a cluster reads the data set from its own folder, after ``dvc pull``. The trained
learner is sent to each worker once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.arithmetic import fix
from fewqubit.base.io.files import sha256
from fewqubit.base.workers.cluster import cluster
from fewqubit.base.workers.pool import Pool, processes
from fewqubit.base.workers.same_files import arithmetic, check_arithmetic, check_same
from fewqubit.config import Evaluation
from fewqubit.data import load_examples
from fewqubit.data.examples import load_targets
from fewqubit.evaluate.answering.subject import Ask, Subject, here, subject_of
from fewqubit.predict.trained import CARD, PARAMS, load_trained

EXAMPLES = "examples.npz"


class Source(NamedTuple):
    """Where the files of a subject are, and the settings and key of its evaluation.

    A process loads equal sources only once.

    reading:  the settings of the evaluation, as JSON
    key:      the data of the run's root key
    """

    trained: Path
    prepared: Path
    reading: str
    key: tuple[int, ...]


class Parcel(NamedTuple):
    """What is sent to a worker of a cluster.

    files:       of the trained learner, by name
    checksums:   of files that the worker must already have
    arithmetic:  code, versions and compiler flags that results also depend on
    """

    files: tuple[tuple[str, bytes], ...]
    checksums: tuple[tuple[str, str], ...]
    arithmetic: tuple[tuple[str, str], ...]


def source_at(trained: Path, prepared: Path, reading: Evaluation, key: PRNGKeyArray) -> Source:
    """The description from which ``load_subject`` loads a subject."""
    words = np.asarray(jax.random.key_data(key)).tolist()
    return Source(trained, prepared, reading.model_dump_json(), tuple(words))


def load_subject(source: Source) -> Subject:
    """A trained learner and its rows, from files."""
    reading = Evaluation.model_validate_json(source.reading)
    key = jax.random.wrap_key_data(jax.device_put(np.array(source.key, np.uint32)))
    examples = source.prepared / EXAMPLES
    x, targets = load_examples(examples).x, load_targets(examples)
    return subject_of(load_trained(source.trained), x, reading, key, targets)


@contextmanager
def spread(source: Source, subject: Subject) -> Iterator[Ask]:
    """A function that has episodes answered: on a cluster, on local workers, or in this process.

    The evaluation settings of ``subject`` decide which. Raises PipelineError and ArtifactError as
    ``cluster`` and its workers do.
    """
    reading = subject.reading
    if reading.cluster is not None:
        with cluster(reading.cluster, "evaluation.cluster") as there:
            parcel = there.once(_packed(source))
            yield partial(_sent, there.pool, parcel, source)
    elif reading.workers > 1:
        with processes(reading.workers) as pool:
            yield partial(_sent, pool, None, source)
    else:
        yield here(subject)


def _packed(source: Source) -> Parcel:
    return Parcel(
        tuple((name, (source.trained / name).read_bytes()) for name in (CARD, PARAMS)),
        ((EXAMPLES, sha256(source.prepared / EXAMPLES)),),
        tuple(arithmetic().items()),
    )


def _sent(
    pool: Pool,
    parcel: Any,
    source: Source,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
    pieces: Sequence[Any],
) -> Iterator[Any]:
    """Submit all pieces; returns their results in the order of the pieces."""
    futures = [pool.submit(_answered, parcel, source, build, about, piece) for piece in pieces]
    return (future.result() for future in futures)


def _answered(
    parcel: Parcel | None,
    source: Source,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
    piece: Any,
) -> Any:
    return _built(parcel, source, build, about)(piece)


@lru_cache(maxsize=8)  # a worker keeps compiled programs of a few devices and learners
def _built(
    parcel: Parcel | None,
    source: Source,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
) -> Callable[[Any], Any]:
    return build(_arrived(parcel, source), *about)


@lru_cache(maxsize=4)
def _arrived(parcel: Parcel | None, source: Source) -> Subject:
    """The subject, loaded in this process, after a check that it computes as the sender does."""
    fix()
    if parcel is None:
        return load_subject(source)
    check_arithmetic(dict(parcel.arithmetic))
    check_same(source.prepared, dict(parcel.checksums))
    with TemporaryDirectory() as folder:
        _unpacked(Path(folder), dict(parcel.files))
        return load_subject(source._replace(trained=Path(folder)))


def _unpacked(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
