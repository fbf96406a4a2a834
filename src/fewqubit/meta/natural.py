"""MAML whose circuit moves along the quantum natural gradient."""

from collections.abc import Sequence

import jax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from fewqubit.config import Natural
from fewqubit.gradients import natural_direction
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params


def natural(
    settings: Natural, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """θ_{t+1} = θ_t − α (F + λ)⁻¹ ∇_θ L_support; encoder and readout by plain gradient.

    F is the Fubini–Study metric of the support's states, their mean (Stokes et al. 2020, arXiv
    1909.02108, eq. 8); in classical arms JᵀJ, the Fisher information of the features. It is the
    whole matrix, which simulation affords, or its blocks of ``block`` consecutive weights, which a
    device can measure. The outer gradient goes through F as well.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)

    def direction(params: Params, now: Params, gradient: Params, x: Array) -> Params:
        slope, unravel = ravel_pytree(gradient["circuit"])
        if slope.size and len(x):  # else there is nothing to move, or nothing to move it
            metric = circuit_metric(model, {**params, **now}, x, settings.block)
            whole = {**gradient, "circuit": slope}
            gradient = natural_direction(whole, {"circuit": metric}, settings.damping)
            gradient = {**gradient, "circuit": unravel(gradient["circuit"])}
        return jax.tree.map(lambda g: settings.inner_lr * g, gradient)

    return learned_start(settings, model, target, direction)


def circuit_metric(
    model: Model, params: Params, x: Float[Array, "s *feature"], block: int | None
) -> Float[Array, "w w"]:
    """The metric of the circuit's weights, averaged over examples."""
    theta, unravel = ravel_pytree(params["circuit"])

    def features(one: Float[Array, "*feature"], theta: Float[Array, " w"]) -> Array:
        return model.apply({**params, "circuit": unravel(theta)}, one)

    places = range(theta.size)
    blocks = None if block is None else [places[n : n + block] for n in places[::block]]
    return model.geometry.metric(features, x, theta, blocks)
