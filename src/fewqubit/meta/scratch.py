"""No meta-learning, the same adaptation: the baseline that shows what meta-learning is worth."""

from typing import Literal

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.meta.gradient import ByGradient, InnerSteps, descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.tasks import FeatureShape, Task


class Scratch(ByGradient):
    """Adapt from a random start by gradient; a step of meta-training changes nothing.

    No meta-learning: random parameters, the same adaptation by gradient.
    """

    inner_steps: InnerSteps = 50
    kind: Literal["scratch"] = "scratch"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        adaptation = gradient_adaptation(
            self, model, target, self.inner_steps, descent(self.inner_lr)
        )

        def init(key: PRNGKeyArray) -> MetaState:
            return MetaState(adaptation.init_params(key), ())

        def step(key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
            del key, tasks
            return state, StepInfo(jnp.nan, jnp.nan)

        return MetaLearner(init, step, adaptation.adapt, adaptation.predict, adaptation.path)

    def moves_circuit(self) -> bool:
        return self.adapts in ("all", "circuit")
