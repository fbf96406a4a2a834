"""Checkpoints of meta-training: the complete state after the last chunk, in one file."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.base.io.files import read_npz, set_aside, write_npz
from fewqubit.errors import ArtifactError
from fewqubit.meta.train import Point, TrainState

DIGEST = "sha256"


def save_checkpoint(path: Path, state: TrainState) -> None:
    """Store the step, the states of all seeds (leaves in tree order), the curve, and a checksum."""
    leaves = jax.tree.leaves(state.seeds)
    arrays = {f"leaf_{number}": np.asarray(leaf) for number, leaf in enumerate(leaves)}
    curve = {
        f"curve_{field}": np.stack([np.asarray(getattr(point, field)) for point in state.curve])
        for field in Point._fields
    }
    stored = {"step": np.asarray(state.step), **arrays, **curve}
    # The curve is not finite at step 0: no training loss is known there.
    write_npz(path, {**stored, DIGEST: _digest(stored)}, finite=False)


def load_checkpoint(path: Path, initial: TrainState) -> TrainState:
    """The stored state, in the shape of ``initial``; ``initial`` itself if nothing is stored.

    A file that is damaged or of another version is moved aside with a message, and training
    starts again.
    """
    if not path.exists():
        return initial
    try:
        return _stored(path, initial)
    except ArtifactError as error:
        set_aside(path, error, "training begins again")
        return initial


def _stored(path: Path, initial: TrainState) -> TrainState:
    arrays = read_npz(path, finite=False)
    digest = arrays.pop(DIGEST, None)
    if digest is None or not np.array_equal(digest, _digest(arrays)):
        raise ArtifactError(f"{path}: expected a checkpoint as it was written, but it was edited")
    initial_leaves, tree = jax.tree.flatten(initial.seeds)
    leaves = [arrays[name] for name in (f"leaf_{n}" for n in range(len(arrays))) if name in arrays]
    expected = [(leaf.dtype, leaf.shape) for leaf in initial_leaves]
    if expected != [(leaf.dtype, leaf.shape) for leaf in leaves]:
        raise ArtifactError(f"{path}: expected a checkpoint of this learner, got another's")
    rows = zip(*(arrays[f"curve_{field}"] for field in Point._fields), strict=True)
    curve = [Point(int(step), *figures) for step, *figures in rows]
    state = jax.tree.unflatten(tree, [jnp.asarray(leaf) for leaf in leaves])
    return TrainState(int(arrays["step"]), state, curve)


def _digest(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """SHA-256 over names, types, shapes and contents, as 32 bytes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array.tobytes())
    return np.frombuffer(digest.digest(), np.uint8)
