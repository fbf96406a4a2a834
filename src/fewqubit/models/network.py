"""A network: initial parameters, and a pure function of one example."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.errors import SettingsError
from fewqubit.models.parts import FIXED
from fewqubit.tasks.inputs import FeatureShape, is_array, shape_text

Params = Any  # a pytree of arrays


class Keyed(NamedTuple):
    """Parameters, and the key for the shots that are drawn with them."""

    params: Params
    key: PRNGKeyArray


class Network(NamedTuple):
    """A pure function of (params, x) for one example; ``vmap`` makes batches.

    init:   key -> params
    apply:  (params, x) -> output
    """

    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, "*feature"]], Array]


def array_shape(feature_shape: FeatureShape, kind: str) -> tuple[int, ...]:
    """The shape of an example that is one array. Raises SettingsError: it is something else."""
    if not is_array(feature_shape):
        raise SettingsError(
            f"encoder {kind}: expected examples of one array of numbers, got "
            f"{shape_text(feature_shape)}; take an encoder of your own, which reads such parts"
        )
    return tuple(feature_shape)


def dense(key: PRNGKeyArray, n_in: int, n_out: int, gain: float = 1.0) -> dict[str, Array]:
    """Weights of x ↦ x W + b: W_ij ~ N(0, gain²/n_in), b = 0 (LeCun et al. 1998)."""
    weights = jax.random.normal(key, (n_in, n_out)) * (gain / math.sqrt(n_in))
    return {"weights": weights, "bias": jnp.zeros(n_out)}


def affine(
    params: dict[str, Array], x: Float[Array, "*batch n_in"]
) -> Float[Array, "*batch n_out"]:
    """x W + b."""
    return x @ params["weights"] + params["bias"]


def n_parameters(params: Params) -> int:
    """The number of trained parameters."""
    trained = jax.tree.map(lambda leaf, yes: leaf.size * yes, params, is_trained(params))
    return sum(jax.tree.leaves(trained))


def is_trained(params: Params) -> Params:
    """For each leaf, whether it is trained: leaves under a key "fixed" are not."""

    def ask(path: tuple[Any, ...], _: Array) -> bool:
        return all(getattr(step, "key", None) != FIXED for step in path)

    return jax.tree.map_with_path(ask, params)


def unit(x: Float[Array, "*n d"]) -> Float[Array, "*n d"]:
    """Rows scaled to length 1; zero rows are unchanged."""
    return x / jnp.sqrt(jnp.maximum((x**2).sum(-1, keepdims=True), 1e-12))
