"""MAML with learned inner learning rates."""

from typing import Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array

from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.maml import LearnedStart, learned_start
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.models.parts import HEAD, RATES
from fewqubit.tasks import FeatureShape


class MetaSgd(LearnedStart):
    """φ_{t+1} = φ_t − α ∘ ∇L_support(φ_t) with a learned α for every parameter.

    Li, Zhou, Chen, Li (2017), arXiv 1707.09835, here for any number of steps. The readout's
    rates are shared by its outputs: names of classes are arbitrary. α starts at ``inner_lr``.

    ``maml`` with a learned rate for every parameter; ``inner_lr`` is where they start.
    """

    kind: Literal["metasgd"] = "metasgd"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        start = gradient_adaptation(self, model, target, 0, descent(0.0))

        def with_rates(params: Params) -> Params:
            begun = start.begin(params)
            begun[HEAD] = jax.tree.map(lambda leaf: leaf[..., :1], begun[HEAD])
            rates = jax.tree.map(lambda leaf: jnp.full_like(leaf, self.inner_lr), begun)
            return {**params, RATES: rates}

        def direction(params: Params, _now: Params, gradient: Params, _x: Array) -> Params:
            return jax.tree.map(jnp.multiply, params[RATES], gradient)

        return learned_start(self, model, target, direction, with_rates)
