"""Adaptation by gradient: what MAML learns to start from, and scratch starts without."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import ByGradient
from fewqubit.meta.accuracy import cross_entropy
from fewqubit.meta.adapters import begin_adapters, init_adapters, merged
from fewqubit.meta.learner import GradientPath
from fewqubit.models.model import Model
from fewqubit.models.network import Params, affine

# (params, the parts that adapt as they are now, their gradient, support_x) -> what to take off them
Direction = Callable[[Params, Params, Params, Array], Params]

PARTS = {
    "all": ("encoder", "circuit", "head"),
    "readout": ("head",),
    "circuit": ("circuit", "head"),
    "adapters": ("adapters", "head"),
}


class GradientAdaptation(NamedTuple):
    """A classifier on a model's readings, and its adaptation by gradient.

    init_params:  key -> params
    begin:        params -> the parts that adapt, as they are before any step
    adapt:        (params, support_x, support_y) -> adapted params
    predict:      (adapted params, query_x) -> logits
    path:         the way from params to adapted params
    """

    init_params: Callable[[PRNGKeyArray], Params]
    begin: Callable[[Params], Params]
    adapt: Callable[[Params, Float[Array, "s *feature"], Int[Array, " s"]], Params]
    predict: Callable[[Params, Float[Array, "q *feature"]], Float[Array, "q n_way"]]
    path: GradientPath


def descent(rate: float) -> Direction:
    """α ∇L, the same α for every parameter."""
    return lambda params, now, gradient, x: jax.tree.map(lambda g: rate * g, gradient)


def gradient_adaptation(
    settings: ByGradient,
    model: Model,
    n_way: int,
    steps: int,
    direction: Direction,
    first_order: bool = False,
) -> GradientAdaptation:
    """φ_0 = params; φ_{t+1} = φ_t − direction(∇ L_support(φ_t)) (Finn et al. 2017, eq. 1).

    logits = f_φ(x) W + b, and W and b start from zero: labels are arbitrary names, so a start that
    prefers none makes adaptation equivariant to relabelling and the score before adaptation chance.
    A meta-learned column, the same for every class (UnicornMAML, Ye & Chao 2022, §5), is the same
    model: it adds one number to all logits of a query.
    ``first_order`` treats the inner gradients as constants (FOMAML).
    """
    readings = jax.vmap(lambda params, x: model.read(model.apply(params, x)), in_axes=(None, 0))

    def init_params(key: PRNGKeyArray) -> Params:
        params = {**model.init(key), "head": {}}
        if settings.adapts == "adapters":
            key_adapters = jax.random.fold_in(key, 1)
            params["adapters"] = init_adapters(key_adapters, params["encoder"], settings.rank)
        return params

    def begin(params: Params) -> Params:
        start = dict(params)
        start["head"] = {"weights": jnp.zeros((model.n_readings, n_way)), "bias": jnp.zeros(n_way)}
        if settings.adapts == "adapters":
            start["adapters"] = begin_adapters(params["encoder"], params["adapters"])
        return {part: start[part] for part in PARTS[settings.adapts]}

    def predict(params: Params, x: Float[Array, "q *feature"]) -> Float[Array, "q n_way"]:
        if settings.adapts == "adapters":
            params = {**params, "encoder": merged(params["encoder"], params["adapters"])}
        return affine(params["head"], readings(params, x))

    def descend(params: Params, now: Params, x: Array, y: Array) -> Params:
        gradient = jax.grad(lambda own: cross_entropy(predict({**params, **own}, x), y))(now)
        at = jax.lax.stop_gradient((now, gradient)) if first_order else (now, gradient)
        return jax.tree.map(jnp.subtract, now, direction(params, *at, x))

    def adapt(params: Params, x: Float[Array, "s *feature"], y: Int[Array, " s"]) -> Params:
        def one(now: Params, _: None) -> tuple[Params, None]:
            return descend(params, now, x, y), None

        return {**params, **jax.lax.scan(one, begin(params), length=steps)[0]}

    def path(params: Params, x: Array, y: Array, at: Sequence[int]) -> Params:
        def one(now: Params, _: None) -> tuple[Params, Params]:
            new = descend(params, now, x, y)
            return new, new

        start = begin(params)
        _, later = jax.lax.scan(one, start, length=max(at))
        every = jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), start, later)
        still = {part: params[part] for part in params if part not in start}
        return jax.tree.map(lambda leaf: leaf[jnp.array(at)], every) | jax.tree.map(
            lambda leaf: jnp.broadcast_to(leaf, (len(at), *leaf.shape)), still
        )

    return GradientAdaptation(init_params, begin, adapt, predict, GradientPath(steps, path))
