"""Adaptation by gradient: what MAML learns to start from, and scratch starts without."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.meta.accuracy import cross_entropy
from fewqubit.meta.learner import GradientPath
from fewqubit.models.model import Model
from fewqubit.models.network import Params, affine


class GradientAdaptation(NamedTuple):
    """A classifier on a model's features, and its adaptation by gradient.

    init_params:  key -> params
    adapt:        (params, support_x, support_y) -> adapted params
    predict:      (adapted params, query_x) -> logits
    path:         the way from params to adapted params
    """

    init_params: Callable[[PRNGKeyArray], Params]
    adapt: Callable[[Params, Float[Array, "s *feature"], Int[Array, " s"]], Params]
    predict: Callable[[Params, Float[Array, "q *feature"]], Float[Array, "q n_way"]]
    path: GradientPath


def gradient_adaptation(
    model: Model, n_way: int, steps: int, rate: float, first_order: bool = False
) -> GradientAdaptation:
    """φ_0 = params; φ_{t+1} = φ_t − α ∇ L_support(φ_t), every parameter (Finn et al. 2017, eq. 1).

    logits = f_φ(x) W + b, and W and b start from zero: labels are arbitrary names, so a start that
    prefers none makes adaptation equivariant to relabelling and the score before adaptation chance.
    A meta-learned column, the same for every class (UnicornMAML, Ye & Chao 2022, §5), is the same
    model: it adds one number to all logits of a query.
    ``first_order`` treats the inner gradients as constants (FOMAML).
    """

    def init_params(key: PRNGKeyArray) -> Params:
        return {**model.init(key), "head": {}}

    readings = jax.vmap(lambda params, x: model.read(model.apply(params, x)), in_axes=(None, 0))

    def predict(params: Params, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        return affine(params["head"], readings(params, x))

    def loss(params: Params, x: Array, y: Array) -> Float[Array, ""]:
        return cross_entropy(predict(params, x), y)

    def descend(now: Params, x: Array, y: Array) -> Params:
        gradient = jax.grad(loss)(now, x, y)
        if first_order:
            gradient = jax.lax.stop_gradient(gradient)
        return jax.tree.map(lambda p, g: p - rate * g, now, gradient)

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Params:
        start = _with_readout(params, model.n_readings, n_way)
        return jax.lax.scan(lambda now, _: (descend(now, x, y), None), start, length=steps)[0]

    def path(params: Params, x: Array, y: Array, at: Sequence[int]) -> Params:
        def one(now: Params, _: None) -> tuple[Params, Params]:
            new = descend(now, x, y)
            return new, new

        start = _with_readout(params, model.n_readings, n_way)
        _, later = jax.lax.scan(one, start, length=max(at))
        return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b])[jnp.array(at)], start, later)

    return GradientAdaptation(init_params, adapt, predict, GradientPath(steps, path))


def _with_readout(params: Params, n_readings: int, n_way: int) -> Params:
    """Zero weights and a zero bias."""
    head = {"weights": jnp.zeros((n_readings, n_way)), "bias": jnp.zeros(n_way)}
    return {**params, "head": head}
