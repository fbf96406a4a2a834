"""The same adaptation without meta-learning: the baseline that shows what meta-learning adds."""

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.settings.gradient import Scratch
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.tasks import FeatureShape, Task


def build(
    learner: Scratch, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """Adaptation from random parameters; ``step`` changes nothing."""
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm, reads=True)
    adaptation = gradient_adaptation(
        learner, model, target, learner.inner_steps, descent(learner.inner_lr)
    )

    def init(key: PRNGKeyArray) -> MetaState:
        return MetaState(adaptation.init_params(key), ())

    def step(key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
        del key, tasks
        return state, StepInfo(jnp.nan, jnp.nan)

    made = MetaLearner(init, step, adaptation.adapt, adaptation.predict, adaptation.path)
    return made._replace(rows=adaptation.kept_rows)
