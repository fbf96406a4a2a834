"""What examples are: an array of numbers, or a pytree of arrays, each of its own type.

All leaves have a leading axis of examples. Where lengths differ, examples are padded to one length
and a leaf of booleans, a mask, says which entries are real; what to do with it is the encoder's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Inputs = Any  # a pytree of arrays [n, ...]
FeatureShape = Any  # of one example: the shape of an array of floats; or a ShapeDtypeStruct a leaf


def n_examples(x: Inputs) -> int:
    """Length of the leading axis."""
    return len(jax.tree.leaves(x)[0])


def rows_of(x: Inputs, rows: Any) -> Inputs:
    """The examples at ``rows``, an index or a slice of the leading axis."""
    return jax.tree.map(lambda leaf: leaf[rows], x)


def concatenated(first: Inputs, second: Inputs) -> Inputs:
    """The examples of both."""
    return jax.tree.map(lambda a, b: jnp.concatenate([a, b]), first, second)


def feature_shape_of(x: Inputs) -> FeatureShape:
    """What one of the examples is; of an array its shape, whose entries learners take as floats."""
    if isinstance(x, np.ndarray | jax.Array):
        return x.shape[1:]
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape[1:], leaf.dtype), x)


def is_array(shape: FeatureShape) -> bool:
    """Whether an example is one array of floats."""
    return isinstance(shape, Sequence) and all(isinstance(size, int) for size in shape)


def structs(shape: FeatureShape, n: int | None = None) -> Inputs:
    """Stand-ins for one example, or for ``n`` of them, that ``jax.eval_shape`` takes."""
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


def told(shape: FeatureShape) -> Any:
    """A shape as JSON has it."""
    if isinstance(shape, Mapping):
        return {name: [np.dtype(one.dtype).name, *one.shape] for name, one in shape.items()}
    return list(shape)


def shape_from(card: Any) -> FeatureShape:
    """What ``told`` told."""
    if isinstance(card, Mapping):
        return {
            name: jax.ShapeDtypeStruct(tuple(sizes), np.dtype(kind))
            for name, (kind, *sizes) in card.items()
        }
    return tuple(card)
