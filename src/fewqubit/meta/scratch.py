"""No meta-learning: random parameters, the same adaptation. What meta-learning is worth."""

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.config import Scratch
from fewqubit.meta.gradient import descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.tasks import Task


def scratch(
    settings: Scratch, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """Adapt from a random start by gradient; a step of meta-training changes nothing."""
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    adaptation = gradient_adaptation(
        settings, model, target, settings.inner_steps, descent(settings.inner_lr)
    )

    def init(key: PRNGKeyArray) -> MetaState:
        return MetaState(adaptation.init_params(key), ())

    def step(key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
        del key, tasks
        return state, StepInfo(jnp.nan, jnp.nan)

    return MetaLearner(init, step, adaptation.adapt, adaptation.predict, adaptation.path)
