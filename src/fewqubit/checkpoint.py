"""Meta-training interrupted and resumed: the last chunk's state, whole, in one file."""

import hashlib
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.files import read_npz, write_npz
from fewqubit.meta.train import Point, Progressing


def fingerprint(*parts: str | bytes) -> str:
    """A name for a piece of work: other settings or other data give another one."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:24]


def save_checkpoint(path: Path, progressing: Progressing) -> None:
    """Store step, all seeds' states (leaves in tree order) and the curve."""
    leaves = jax.tree.leaves(progressing.seeds)
    arrays = {f"leaf_{number}": np.asarray(leaf) for number, leaf in enumerate(leaves)}
    curve = {
        f"curve_{field}": np.stack(
            [np.asarray(getattr(point, field)) for point in progressing.curve]
        )
        for field in Point._fields
    }
    write_npz(path, {"step": np.asarray(progressing.step), **arrays, **curve})


def load_checkpoint(path: Path, begun: Progressing) -> Progressing:
    """The stored state, in the shape of ``begun``; ``begun`` itself if nothing is stored."""
    if not path.exists():
        return begun
    arrays = read_npz(path)
    begun_leaves, tree = jax.tree.flatten(begun.seeds)
    leaves = [jnp.asarray(arrays[f"leaf_{number}"]) for number in range(len(begun_leaves))]
    rows = zip(*(arrays[f"curve_{field}"] for field in Point._fields), strict=True)
    curve = [Point(int(step), *figures) for step, *figures in rows]
    return Progressing(int(arrays["step"]), jax.tree.unflatten(tree, leaves), curve)
