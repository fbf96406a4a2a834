"""The outer loop's step: gradient descent on the query loss of adapted tasks."""

from collections.abc import Callable

import jax
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Training
from fewqubit.meta.accuracy import accuracy, cross_entropy
from fewqubit.meta.learner import Adapted, MetaLearner, MetaState, StepInfo
from fewqubit.models.network import Params, is_trained
from fewqubit.tasks import Task


def episodic_learner(
    init_params: Callable[[PRNGKeyArray], Params],
    adapt: Callable[[Params, Array, Array], Adapted],
    predict: Callable[[Adapted, Array], Array],
    training: Training,
) -> MetaLearner:
    """Meta-learn ``params`` by the gradient of L(params) = mean over tasks of the query loss

    L_k(params) = cross_entropy(predict(adapt(params, support_k), query_k), query labels_k),
    through the adaptation, whatever it is (Finn et al. 2017, eq. 4).
    """
    optimizer = build_optimizer(training)

    def init(key: PRNGKeyArray) -> MetaState:
        params = init_params(key)
        return MetaState(params, optimizer.init(params))

    def task_loss(params: Params, task: Task) -> tuple[Float[Array, ""], StepInfo]:
        logits = predict(adapt(params, task.support_x, task.support_y), task.query_x)
        loss = cross_entropy(logits, task.query_y)
        return loss, StepInfo(loss, accuracy(logits, task.query_y))

    def mean_loss(params: Params, tasks: Task) -> tuple[Float[Array, ""], StepInfo]:
        losses, infos = jax.vmap(task_loss, in_axes=(None, 0))(params, tasks)
        return losses.mean(), jax.tree.map(lambda part: part.mean(), infos)

    def step(key: PRNGKeyArray, state: MetaState, tasks: Task) -> tuple[MetaState, StepInfo]:
        del key  # nothing here is random; learners with random steps share the signature
        gradient, info = jax.grad(mean_loss, has_aux=True)(state.params, tasks)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer_state, state.params)
        return MetaState(optax.apply_updates(state.params, updates), optimizer_state), info

    return MetaLearner(init, step, adapt, predict)


def build_optimizer(training: Training) -> optax.GradientTransformation:
    """AdamW on gradients clipped to norm ``clip``, at a constant or cosine-decayed rate.

    What is not trained has no gradient; it must not decay either.
    """
    rate: float | optax.Schedule = training.learning_rate
    if training.decay == "cosine":
        rate = optax.cosine_decay_schedule(training.learning_rate, training.steps)
    return optax.chain(
        optax.clip_by_global_norm(training.clip),
        optax.adamw(rate, weight_decay=training.weight_decay, mask=is_trained),
    )
