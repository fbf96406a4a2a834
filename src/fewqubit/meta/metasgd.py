"""MAML that learns its inner rates too."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array

from fewqubit.config import MetaSgd
from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params


def metasgd(
    settings: MetaSgd, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """φ_{t+1} = φ_t − α ∘ ∇L_support(φ_t) with a learned α for every parameter.

    Li, Zhou, Chen, Li (2017), arXiv 1707.09835, eq. 3, here for any number of steps. The readout's
    rates are shared by the classes, whose names are arbitrary. α starts at ``inner_lr``.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    one_class = gradient_adaptation(settings, model, 1, 0, descent(0.0))

    def with_rates(params: Params) -> Params:
        rates = jax.tree.map(lambda p: jnp.full_like(p, settings.inner_lr), one_class.begin(params))
        return {**params, "rates": rates}

    def direction(params: Params, _now: Params, gradient: Params, _x: Array) -> Params:
        return jax.tree.map(jnp.multiply, params["rates"], gradient)

    return learned_start(settings, model, n_way, direction, with_rates)
