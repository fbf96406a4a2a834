"""Test episodes that are answered by other processes: pieces go there, answers come back.

A worker of a cluster reads the data set in its own folder, where ``dvc pull`` brought it; the
trained learner, which was made a moment ago, travels once to each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.arithmetic import fix
from fewqubit.config import Evaluation
from fewqubit.data import load_examples
from fewqubit.data.examples import load_targets
from fewqubit.evaluate.answering.subject import Ask, Subject, here, subject_of
from fewqubit.io.files import sha256
from fewqubit.predict.trained import CARD, PARAMS, load_trained
from fewqubit.workers.cluster import cluster
from fewqubit.workers.pool import Pool, processes
from fewqubit.workers.same_files import arithmetic, check_arithmetic, check_same

EXAMPLES = "examples.npz"


class Lies(NamedTuple):
    """Where a subject lies, and what it is asked with; equal ones are loaded once in a process.

    reading:  the settings of the evaluation, as JSON
    key:      the data of the run's root key
    """

    trained: Path
    prepared: Path
    reading: str
    key: tuple[int, ...]


class Parcel(NamedTuple):
    """What a worker of a cluster is sent.

    files:       the trained learner's, by name
    checksums:   of what it has to have already
    arithmetic:  what bytes depend on beside them
    """

    files: tuple[tuple[str, bytes], ...]
    checksums: tuple[tuple[str, str], ...]
    arithmetic: tuple[tuple[str, str], ...]


def lies_at(trained: Path, prepared: Path, reading: Evaluation, key: PRNGKeyArray) -> Lies:
    """Where ``load_subject`` finds all of it."""
    words = np.asarray(jax.random.key_data(key)).tolist()
    return Lies(trained, prepared, reading.model_dump_json(), tuple(words))


def load_subject(lies: Lies) -> Subject:
    """A trained learner and its rows, from files."""
    reading = Evaluation.model_validate_json(lies.reading)
    key = jax.random.wrap_key_data(jnp.array(lies.key, jnp.uint32))
    examples = lies.prepared / EXAMPLES
    x, targets = load_examples(examples).x, load_targets(examples)
    return subject_of(load_trained(lies.trained), x, reading, key, targets)


@contextmanager
def spread(lies: Lies, subject: Subject) -> Iterator[Ask]:
    """Where the settings of ``subject`` have its episodes answered.

    Raises PipelineError and ArtifactError as ``cluster`` and its workers do.
    """
    reading = subject.reading
    if reading.cluster is not None:
        with cluster(reading.cluster, "evaluation.cluster") as there:
            parcel = there.once(_packed(lies))
            yield partial(_sent, there.pool, parcel, lies)
    elif reading.workers > 1:
        with processes(reading.workers) as pool:
            yield partial(_sent, pool, None, lies)
    else:
        yield here(subject)


def _packed(lies: Lies) -> Parcel:
    return Parcel(
        tuple((name, (lies.trained / name).read_bytes()) for name in (CARD, PARAMS)),
        ((EXAMPLES, sha256(lies.prepared / EXAMPLES)),),
        tuple(arithmetic().items()),
    )


def _sent(
    pool: Pool,
    parcel: Any,
    lies: Lies,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
    pieces: Sequence[Any],
) -> Iterator[Any]:
    """Begin all pieces; what was found of each, in their order."""
    begun = [pool.submit(_answered, parcel, lies, build, about, piece) for piece in pieces]
    return (future.result() for future in begun)


def _answered(
    parcel: Parcel | None,
    lies: Lies,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
    piece: Any,
) -> Any:
    return _built(parcel, lies, build, about)(piece)


@lru_cache(maxsize=8)  # what a worker keeps: programs of a few devices of a few learners
def _built(
    parcel: Parcel | None,
    lies: Lies,
    build: Callable[..., Callable[[Any], Any]],
    about: tuple[str, ...],
) -> Callable[[Any], Any]:
    return build(_arrived(parcel, lies), *about)


@lru_cache(maxsize=4)
def _arrived(parcel: Parcel | None, lies: Lies) -> Subject:
    """The subject in this process, which must compute as the one that asks does."""
    fix()
    if parcel is None:
        return load_subject(lies)
    check_arithmetic(dict(parcel.arithmetic))
    check_same(lies.prepared, dict(parcel.checksums))
    with TemporaryDirectory() as folder:
        _unpacked(Path(folder), dict(parcel.files))
        return load_subject(lies._replace(trained=Path(folder)))


def _unpacked(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
