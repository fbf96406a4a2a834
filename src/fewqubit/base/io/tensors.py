"""Parameters as safetensors: a pytree's arrays by the path to each leaf."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import Array
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from fewqubit.base.io.files import REMEDY, write_bytes
from fewqubit.base.io.finite import check_finite, first_not_finite
from fewqubit.errors import ArtifactError


def named_leaves(tree: Any) -> list[tuple[str, Array]]:
    """Each leaf with the path to it, as ``encoder/layers/0/weights``."""
    leaves, _ = jax.tree.flatten_with_path(tree)
    return [("/".join(_part(key) for key in path), leaf) for path, leaf in leaves]


def write_tensors(path: Path, tree: Any) -> None:
    """Write every leaf of ``tree``. Raises NumbersError: one is NaN or infinite."""
    flat = {name: np.asarray(leaf, order="C") for name, leaf in named_leaves(tree)}
    for name, leaf in flat.items():
        check_finite(leaf, f"{path}, array '{name}'", ["seed"], "nothing was written")
    write_bytes(path, save(flat))


def read_tensors(path: Path, remedy: str = REMEDY) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file. Raises ArtifactError: damaged, or NaN or infinity."""
    try:
        stored: dict[str, np.ndarray] = load_file(path)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ArtifactError(f"{path}: expected parameters, but {error}; {remedy}") from None
    for name, array in stored.items():
        if first_not_finite(array) is not None:
            raise ArtifactError(f"{path}: array '{name}' holds NaN or infinity; {remedy}")
    return stored


def filled(template: Any, path: Path, n_seeds: int, remedy: str = REMEDY) -> Any:
    """The stored arrays in the structure of ``template``, with a leading seed axis.

    Raises ArtifactError: the file is damaged, or holds other arrays.
    """
    stored, leaves = read_tensors(path, remedy), named_leaves(template)
    expected = {name: (leaf.dtype.name, (n_seeds, *leaf.shape)) for name, leaf in leaves}
    found = {name: (array.dtype.name, array.shape) for name, array in stored.items()}
    if expected != found:
        raise ArtifactError(f"{path}: expected the arrays {expected}, found {found}; {remedy}")
    return jax.tree.unflatten(jax.tree.structure(template), [stored[name] for name, _ in leaves])


def _part(key: Any) -> str:
    """A step of a pytree path as text: the key of a dictionary or the place in a list."""
    return str(getattr(key, "key", getattr(key, "idx", key)))
