"""Examples: an array of numbers, or a pytree of arrays that may differ in type.

All leaves have a leading axis of examples. If lengths differ, examples are padded to one length,
and a boolean leaf, the mask, marks the real entries. The encoder is responsible for using the mask.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Inputs = Any  # a pytree of arrays [n, ...]
FeatureShape = Any  # of one example: shape of a float array, or a pytree of ShapeDtypeStructs


def n_examples(x: Inputs) -> int:
    """Number of examples, the length of the leading axis."""
    return len(jax.tree.leaves(x)[0])


def rows_of(x: Inputs, rows: Any) -> Inputs:
    """The examples at ``rows``, an index or a slice of the leading axis."""
    return jax.tree.map(lambda leaf: leaf[rows], x)


def concatenated(first: Inputs, second: Inputs) -> Inputs:
    """The examples of both inputs."""
    return jax.tree.map(lambda a, b: jnp.concatenate([a, b]), first, second)


def feature_shape_of(x: Inputs) -> FeatureShape:
    """Shape of one example; an array gives its shape only, since learners take it as floats."""
    if isinstance(x, np.ndarray | jax.Array):
        return x.shape[1:]
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape[1:], leaf.dtype), x)


def is_array(shape: FeatureShape) -> bool:
    """Whether an example is a single array of floats."""
    return isinstance(shape, Sequence) and all(isinstance(size, int) for size in shape)


def structs(shape: FeatureShape, n: int | None = None) -> Inputs:
    """Placeholders for ``jax.eval_shape``: one example, or ``n`` of them."""
    lead = () if n is None else (n,)
    if is_array(shape):
        return jax.ShapeDtypeStruct((*lead, *shape), jnp.zeros(()).dtype)
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((*lead, *leaf.shape), leaf.dtype), shape)


def shape_text(shape: FeatureShape) -> str:
    """``[8]``, or ``{tokens: int32[8], mask: bool[8]}``."""
    if is_array(shape):
        return str(list(shape))
    if isinstance(shape, Mapping):
        return "{" + ", ".join(f"{name}: {shape_text(part)}" for name, part in shape.items()) + "}"
    leaves = jax.tree.leaves(shape)
    one = [f"{np.dtype(leaf.dtype).name}{list(leaf.shape)}" for leaf in leaves]
    return one[0] if len(one) == 1 else f"({', '.join(one)})"


def shape_as_json(shape: FeatureShape) -> Any:
    """A shape in JSON form."""
    if isinstance(shape, Mapping):
        return {name: [np.dtype(one.dtype).name, *one.shape] for name, one in shape.items()}
    return list(shape)


def shape_from(card: Any) -> FeatureShape:
    """The inverse of ``shape_as_json``."""
    if isinstance(card, Mapping):
        return {
            name: jax.ShapeDtypeStruct(tuple(sizes), np.dtype(kind))
            for name, (kind, *sizes) in card.items()
        }
    return tuple(card)
