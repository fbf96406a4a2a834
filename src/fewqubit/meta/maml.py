"""Model-agnostic meta-learning of a quantum neural network."""

from collections.abc import Callable
from typing import Literal

import jax
from jaxtyping import Array, PRNGKeyArray
from pydantic import PositiveFloat

from fewqubit.meta.gradient import (
    ByGradient,
    Direction,
    GradientAdaptation,
    InnerSteps,
    descent,
    gradient_adaptation,
)
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner, query_loss
from fewqubit.meta.target import AnyTarget
from fewqubit.meta.training import Training
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params
from fewqubit.tasks import FeatureShape, Shape


class LearnedStart(ByGradient):
    """Adaptation by gradient from a meta-learned start.

    ``first_order`` drops the second derivatives. At test ``test_inner_steps`` may be more, of size
    ``test_inner_lr``: the loss is a mean over the support, so where training tasks have more
    classes than tests, each example weighs less in them.
    """

    test_inner_steps: InnerSteps | None = None
    test_inner_lr: PositiveFloat | None = None
    first_order: bool = False
    training: Training = Training()

    def meta_training(self) -> Training:
        return self.training

    def steps_at_test(self) -> int:
        return self.inner_steps if self.test_inner_steps is None else self.test_inner_steps

    def examples_seen(self, shape: Shape) -> int:
        """The support once in every step; with ``both_ways``, the queries too."""
        seen, asked = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
        once = self.inner_steps * seen + asked
        return once + (self.inner_steps * asked + seen) * self.training.both_ways


class Maml(LearnedStart):
    """Learn a start from which ``inner_steps`` of gradient descent solve a new task.

    The outer gradient goes through the inner ones: exact second order, unless ``first_order``
    (Finn et al. 2017, §5.2). At test ``test_inner_steps`` may be more, and ``test_inner_lr``
    another rate.

    The start from which a few steps of gradient solve a new task.
    """

    kind: Literal["maml"] = "maml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        return learned_start(self, model, target, descent(self.inner_lr))


class Fomaml(LearnedStart):
    """Uses ∇L_query at the adapted parameters as the gradient at the start (Finn et al. 2017,
    §5.2).

    No second derivative: on hardware, parameter shifts of one circuit rather than of pairs.

    ``maml`` to first order.
    """

    first_order: Literal[True] = True
    kind: Literal["fomaml"] = "fomaml"

    def build(self, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget) -> MetaLearner:
        model = build_model(self.encoder, self.circuit, feature_shape, arm, reads=True)
        return learned_start(self, model, target, descent(self.inner_lr))


def learned_start(
    learner: LearnedStart,
    model: Model,
    target: AnyTarget,
    direction: Direction,
    more: Callable[[Params], Params] = lambda params: params,
) -> MetaLearner:
    """``maml`` whose inner steps go along ``direction``; ``more`` adds parameters to learn."""
    train, test = train_and_test(learner, model, target, direction)
    loss = query_loss(train.rows, learner.training, train.target.loss)

    def init_params(key: PRNGKeyArray) -> Params:
        return more(train.init_params(key))

    made = episodic_learner(
        init_params, train.adapt, train.predict, learner.training, loss, train.target.score
    )
    return made._replace(adapt=test.adapt, path=test.path)


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
    def scaled(params: Params, now: Params, gradient: Params, x: Array) -> Params:
        return jax.tree.map(lambda leaf: factor * leaf, direction(params, now, gradient, x))

    return scaled
