"""The manifest, a frozen list of episodes that is the same for every learner, and its hashes."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import jax
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.base.keys import stream
from fewqubit.errors import ArtifactError
from fewqubit.tasks.inputs import Inputs
from fewqubit.tasks.sampler import ClassIndex, sample_task
from fewqubit.tasks.sentences import SentenceEpisodes
from fewqubit.tasks.task import Episode, Task, gather


def draw_manifest(
    key: PRNGKeyArray, index: ClassIndex, n_way: int, n_shot: int, n_query: int, n_episodes: int
) -> Episode:
    """``n_episodes`` episodes, [E, …] int32; episode e depends on ``key`` and e alone.

    A longer manifest from the same key therefore starts with the shorter one.
    """
    drawn = _draw(key, index, n_way, n_shot, n_query, n_episodes)
    return Episode(*(np.asarray(part, dtype=np.int32) for part in drawn))


# it runs once: to optimise it takes longer
_ONCE = {"xla_backend_optimization_level": 0}


@partial(jax.jit, static_argnums=(2, 3, 4, 5), compiler_options=_ONCE)
def _draw(
    key: PRNGKeyArray, index: ClassIndex, n_way: int, n_shot: int, n_query: int, n_episodes: int
) -> Episode:
    def episode(number: Array) -> Episode:
        return sample_task(stream(key, number), index, n_way, n_shot, n_query)

    return jax.vmap(episode)(jax.numpy.arange(n_episodes))


def tasks_of(manifest: Episode, x: Inputs, episodes: slice = slice(None)) -> Task:
    """The tasks of the manifest (or of a slice of it, to bound memory), episode axis first."""
    return gather(Episode(*(part[episodes] for part in manifest)), x)


def first_episodes(manifest: Episode, n_episodes: int) -> Episode:
    """The first ``n_episodes`` of the manifest, or all if it has fewer."""
    return Episode(*(part[:n_episodes] for part in manifest))


def manifest_hash(manifest: Episode) -> str:
    """SHA-256 over shapes and row numbers: equal if and only if the same rows are drawn.

    It does not cover the contents of the rows; ``asked_hash`` does.
    """
    digest = hashlib.sha256()
    for name, part in zip(Episode._fields, manifest, strict=True):
        digest.update(f"{name}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part, dtype="<i4").tobytes())
    return digest.hexdigest()


def asked_hash(manifest: Episode, x: Float[np.ndarray, "N *feature"], names: Sequence[str]) -> str:
    """SHA-256 over the episodes with contents: row numbers, class names and features of the rows.

    The accuracies of two learners may be compared only if this hash is equal. ``x`` are the rows
    before scaling, so that learners with different features can be compared.
    """
    rows = np.unique(np.concatenate([part.ravel() for part in manifest[1:]]))
    asked = np.ascontiguousarray(x[rows])
    asked = asked.astype(asked.dtype.newbyteorder("<"), copy=False)
    classes = {int(number): names[number] for number in np.unique(manifest.class_ids)}
    about = [manifest_hash(manifest), classes, asked.dtype.str, asked.shape]
    digest = hashlib.sha256(json.dumps(about).encode())
    digest.update(asked.tobytes())
    return digest.hexdigest()


def save_manifest(
    path: str | Path, manifest: Episode, sentences: SentenceEpisodes | None = None
) -> None:
    """Write the manifest to an npz file; if rows are words, also their sentences."""
    write_npz(path, manifest._asdict() | ({} if sentences is None else sentences._asdict()))


def load_manifest(path: str | Path) -> Episode:
    """Read a manifest. Raises ArtifactError if the file does not hold one."""
    arrays = read_npz(path)
    if not set(Episode._fields) <= set(arrays):
        raise ArtifactError(
            f"{path}: expected a manifest with {', '.join(Episode._fields)}, "
            f"but it holds {', '.join(arrays)}; run `dvc repro` to make it again"
        )
    return Episode(*(arrays[name] for name in Episode._fields))
