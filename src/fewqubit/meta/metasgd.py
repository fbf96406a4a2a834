"""MAML with learned inner learning rates."""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import learned_start
from fewqubit.meta.settings.start import MetaSgd
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD, RATES
from fewqubit.tasks import FeatureShape, Inputs


def build(
    learner: MetaSgd, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """``maml`` with learned inner rates."""
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm, reads=True)
    start = gradient_adaptation(learner, model, target, 0, descent(0.0))

    def with_rates(params: Params) -> Params:
        initial = start.begin(params)
        initial[HEAD] = jax.tree.map(lambda leaf: leaf[..., :1], initial[HEAD])
        rates = jax.tree.map(lambda leaf: jnp.full_like(leaf, learner.inner_lr), initial)
        return {**params, RATES: rates}

    def direction(
        params: Params, _now: Params, gradient: Params, _x: Inputs, _labelled: Array
    ) -> Params:
        return jax.tree.map(jnp.multiply, params[RATES], gradient)

    return learned_start(learner, model, target, direction, with_rates)
