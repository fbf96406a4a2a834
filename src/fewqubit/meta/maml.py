"""Model-agnostic meta-learning of a quantum neural network."""

from collections.abc import Sequence

from fewqubit.config import Maml
from fewqubit.meta.gradient import gradient_adaptation
from fewqubit.meta.learner import MetaLearner
from fewqubit.meta.outer import episodic_learner
from fewqubit.models.model import build_model


def maml(settings: Maml, arm: str, feature_shape: Sequence[int], n_way: int) -> MetaLearner:
    """Learn the start from which ``inner_steps`` of gradient solve a new task.

    The outer gradient goes through the inner ones: exact second order, unless ``first_order``
    (Finn et al. 2017, §5.2). At test ``test_inner_steps`` may be more.
    """
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm, reads=True)
    steps, rate = settings.inner_steps, settings.inner_lr
    train = gradient_adaptation(model, n_way, steps, rate, settings.first_order)
    learner = episodic_learner(train.init_params, train.adapt, train.predict, settings.training)
    at_test = steps if settings.test_inner_steps is None else settings.test_inner_steps
    test = gradient_adaptation(model, n_way, at_test, rate)
    return learner._replace(adapt=test.adapt, path=test.path)
