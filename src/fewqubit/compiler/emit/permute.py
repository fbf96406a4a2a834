"""A permutation as a JAX primitive: its transpose is the inverse permutation, again a gather.

JAX transposes a gather to a scatter, which on a CPU costs several times the gather, and it cannot
know that the indices are a permutation.
"""

from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir
from jaxtyping import Array, Shaped


@dataclass(frozen=True)
class Permutation:
    """out[k] = in[index[k]]; hashable, as the parameter of a primitive must be."""

    data: bytes

    @classmethod
    def of(cls, index: np.ndarray) -> "Permutation":
        return cls(index.astype(np.int32).tobytes())

    @cached_property
    def index(self) -> np.ndarray:
        return np.frombuffer(self.data, np.int32)

    @cached_property
    def inverse(self) -> "Permutation":
        return Permutation.of(np.argsort(self.index))


def permute(values: Shaped[Array, "... n"], permutation: Permutation) -> Shaped[Array, "... n"]:
    """``values[..., index]``, linear, with derivatives and batching of every order."""
    return _permute_p.bind(values, permutation=permutation)


def _gather(values: Array, *, permutation: Permutation) -> Array:
    return jnp.take(values, permutation.index, axis=-1, mode="clip")


def _transpose(cotangent: Array, values: Array, *, permutation: Permutation) -> list[Array]:
    del values
    return [permute(cotangent, permutation.inverse)]


def _batch(
    arguments: tuple[Array], axes: tuple[int], *, permutation: Permutation
) -> tuple[Array, int]:
    return permute(jnp.moveaxis(arguments[0], axes[0], 0), permutation), 0


_permute_p = Primitive("permute")
_permute_p.def_impl(_gather)
_permute_p.def_abstract_eval(lambda values, *, permutation: values)
mlir.register_lowering(_permute_p, mlir.lower_fun(_gather, multiple_results=False))
ad.deflinear2(_permute_p, _transpose)
batching.primitive_batchers[_permute_p] = _batch
