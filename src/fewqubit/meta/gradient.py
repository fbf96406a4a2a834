"""Adaptation by gradient: what MAML learns to start from, and scratch starts without."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.meta.accuracy import cross_entropy
from fewqubit.meta.learner import GradientPath
from fewqubit.models.network import Network, Params


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
    model: Network, n_features: int, n_way: int, steps: int, rate: float, first_order: bool = False
) -> GradientAdaptation:
    """φ_0 = params; φ_{t+1} = φ_t − α ∇ L_support(φ_t), every parameter (Finn et al. 2017, eq. 1).

    logits = f_φ(x) W + b. The readout W starts from one meta-learned column, the same for every
    class (UnicornMAML, Ye & Chao 2022, §5): labels are arbitrary names, so a start that prefers
    none makes adaptation equivariant to relabelling and the score before adaptation chance.
    ``first_order`` treats the inner gradients as constants (FOMAML).
    """
    apply = jax.vmap(model.apply, in_axes=(None, 0))

    def init_params(key: PRNGKeyArray) -> Params:
        key_model, key_head = jax.random.split(key)
        column = jax.random.normal(key_head, (n_features,)) / jnp.sqrt(n_features)
        return {**model.init(key_model), "head": {"column": column}}

    def predict(params: Params, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        head = params["head"]
        return apply(params, x) @ head["weights"] + head["bias"]

    def loss(params: Params, x: Array, y: Array) -> Float[Array, ""]:
        return cross_entropy(predict(params, x), y)

    def descend(now: Params, x: Array, y: Array) -> Params:
        gradient = jax.grad(loss)(now, x, y)
        if first_order:
            gradient = jax.lax.stop_gradient(gradient)
        return jax.tree.map(lambda p, g: p - rate * g, now, gradient)

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Params:
        start = _with_readout(params, n_way)
        return jax.lax.scan(lambda now, _: (descend(now, x, y), None), start, length=steps)[0]

    def path(params: Params, x: Array, y: Array, at: Sequence[int]) -> Params:
        def one(now: Params, _: None) -> tuple[Params, Params]:
            new = descend(now, x, y)
            return new, new

        start = _with_readout(params, n_way)
        _, later = jax.lax.scan(one, start, length=max(at))
        return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b])[jnp.array(at)], start, later)

    return GradientAdaptation(init_params, adapt, predict, GradientPath(steps, path))


def _with_readout(params: Params, n_way: int) -> Params:
    """The meta-learned column, once for each class, and a zero bias."""
    column = params["head"]["column"]
    head = {"weights": jnp.tile(column[:, None], (1, n_way)), "bias": jnp.zeros(n_way)}
    return {**params, "head": head}
