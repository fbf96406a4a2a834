"""Reptile: the start moves towards where adaptation ends."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.meta.gradient import descent
from fewqubit.meta.learner import MetaLearner, MetaState, OuterStep, StepInfo
from fewqubit.meta.maml import train_and_test
from fewqubit.meta.outer import build_optimizer, disturbed, updated_by
from fewqubit.meta.settings.start import Reptile
from fewqubit.meta.target import AnyTarget
from fewqubit.models.body import AnyArm
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.tasks import FeatureShape, Task


def build(
    learner: Reptile, arm: AnyArm, feature_shape: FeatureShape, target: AnyTarget
) -> MetaLearner:
    """The start moves to where adaptation to the support ends."""
    model = build_model(learner.encoder, learner.circuit, feature_shape, arm, reads=True)
    train, test = train_and_test(learner, model, target, descent(learner.inner_lr))
    optimizer = build_optimizer(learner.training)

    def init(key: PRNGKeyArray) -> MetaState:
        params = train.init_params(key)
        return MetaState(params, optimizer.init(params))

    def support_loss(params: Params, task: Task) -> tuple[Float[Array, ""], Params]:
        adapted = train.moved(params, task.support_x, task.support_y)
        outputs = train.predict(adapted, task.support_x)
        return train.target.loss(outputs, task.support_y), adapted

    def walk(params: Params, key: PRNGKeyArray, task: Task) -> tuple[Params, StepInfo]:
        noisy, task = disturbed(key, params, task, learner.training, support_loss)
        loss, adapted = support_loss(noisy, task)
        score = train.target.score(train.predict(adapted, task.query_x), task.query_y)
        return _displacement(params, adapted), StepInfo(loss, score)

    def gradient(key: PRNGKeyArray, params: Params, tasks: Task) -> tuple[Params, StepInfo]:
        keys = jax.random.split(key, len(tasks.support_y))
        displacements, infos = jax.vmap(walk, in_axes=(None, 0, 0))(params, keys, tasks)
        mean: tuple[Params, StepInfo] = jax.tree.map(
            lambda part: part.mean(0), (displacements, infos)
        )
        return mean

    outer = OuterStep(gradient, updated_by(optimizer))
    return MetaLearner(init, outer.step, test.adapt, test.predict, test.path, outer)


def _displacement(params: Params, adapted: Params) -> Params:
    """φ − φ_k for the meta-learned parts; a classifier's readout is not one of them."""
    learned = [part for part in params if jax.tree.leaves(params[part])]
    displacement = {
        part: jax.tree.map(jnp.subtract, params[part], adapted[part]) for part in learned
    }
    return {**params, **displacement}
