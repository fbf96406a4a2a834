"""Model-agnostic meta-learning of a quantum neural network."""

from collections.abc import Callable

import jax
from jaxtyping import Array, PRNGKeyArray

from fewqubit.meta.gradient import (
    Direction,
    GradientAdaptation,
    descent,
    gradient_adaptation,
)
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner, query_loss
from fewqubit.meta.settings.start import LearnedStart
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.tasks import FeatureShape, Inputs


def build(
    learner: LearnedStart, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """``maml``, ``fomaml`` or ``anil``; they differ only in their settings."""
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm, reads=True)
    return learned_start(learner, model, target, descent(learner.inner_lr))


def learned_start(
    learner: LearnedStart,
    model: Model,
    target: AnyTarget,
    direction: Direction,
    more: Callable[[Params], Params] = lambda params: params,
) -> MetaLearner:
    """``maml`` with inner steps along ``direction``; ``more`` adds meta-learned parameters."""
    train, test = train_and_test(learner, model, target, direction)
    loss = query_loss(train.rows, learner.training, train.target.loss)

    def init_params(key: PRNGKeyArray) -> Params:
        return more(train.init_params(key))

    made = episodic_learner(
        init_params, train.adapt, train.predict, learner.training, loss, train.target.score
    )
    return made._replace(adapt=test.adapt, path=test.path, rows=test.kept_rows)


def train_and_test(
    learner: LearnedStart, model: Model, target: AnyTarget, direction: Direction
) -> tuple[GradientAdaptation, GradientAdaptation]:
    """The adaptation used in training, and the one with the number of steps used at test."""
    steps, rate = learner.test_inner_steps, learner.test_inner_lr
    at_test = gradient_adaptation(
        learner,
        model,
        target,
        learner.inner_steps if steps is None else steps,
        direction if rate is None else _scaled(direction, rate / learner.inner_lr),
    )
    trained = gradient_adaptation(
        learner, model, target, learner.inner_steps, direction, learner.first_order
    )
    return trained, at_test


def _scaled(direction: Direction, factor: float) -> Direction:
    def scaled(params: Params, now: Params, gradient: Params, x: Inputs, labelled: Array) -> Params:
        steps = direction(params, now, gradient, x, labelled)
        return jax.tree.map(lambda leaf: factor * leaf, steps)

    return scaled
