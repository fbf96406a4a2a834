"""Model-agnostic meta-learning of a quantum neural network."""

from collections.abc import Callable, Sequence

import jax
from jaxtyping import Array, PRNGKeyArray

from fewqubit.config import LearnedStart, Maml
from fewqubit.meta.gradient import Direction, GradientAdaptation, descent, gradient_adaptation
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner, query_loss
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import Model, build_model
from fewqubit.models.network import Params


def maml(
    settings: Maml, arm: AnyArm, feature_shape: Sequence[int], target: AnyTarget
) -> MetaLearner:
    """Learn the start from which ``inner_steps`` of gradient solve a new task.

    The outer gradient goes through the inner ones: exact second order, unless ``first_order``
    (Finn et al. 2017, §5.2). At test ``test_inner_steps`` may be more, and ``test_inner_lr``
    another rate.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    return learned_start(settings, model, target, descent(settings.inner_lr))


def learned_start(
    settings: LearnedStart,
    model: Model,
    target: AnyTarget,
    direction: Direction,
    more: Callable[[Params], Params] = lambda params: params,
) -> MetaLearner:
    """``maml`` whose inner steps go along ``direction``; ``more`` adds parameters to learn."""
    train, test = train_and_test(settings, model, target, direction)
    loss = query_loss(train.rows, settings.training, train.target.loss)

    def init_params(key: PRNGKeyArray) -> Params:
        return more(train.init_params(key))

    learner = episodic_learner(
        init_params, train.adapt, train.predict, settings.training, loss, train.target.score
    )
    return learner._replace(adapt=test.adapt, path=test.path)


def train_and_test(
    settings: LearnedStart, model: Model, target: AnyTarget, direction: Direction
) -> tuple[GradientAdaptation, GradientAdaptation]:
    """The adaptation that is trained through, and the one of as many steps as tests take."""
    steps, rate = settings.test_inner_steps, settings.test_inner_lr
    at_test = gradient_adaptation(
        settings,
        model,
        target,
        settings.inner_steps if steps is None else steps,
        direction if rate is None else _scaled(direction, rate / settings.inner_lr),
    )
    trained = gradient_adaptation(
        settings, model, target, settings.inner_steps, direction, settings.first_order
    )
    return trained, at_test


def _scaled(direction: Direction, factor: float) -> Direction:
    def scaled(params: Params, now: Params, gradient: Params, x: Array) -> Params:
        return jax.tree.map(lambda leaf: factor * leaf, direction(params, now, gradient, x))

    return scaled
