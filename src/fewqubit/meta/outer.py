"""The outer loop: gradient descent on the loss of adapted tasks, one step or many, of all seeds."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.meta.disturb import attacked, distorted, jittered
from fewqubit.meta.divergence import Stepped
from fewqubit.meta.learner import (
    Adapted,
    EmbeddedLearner,
    MetaLearner,
    MetaState,
    OuterStep,
    StepInfo,
)
from fewqubit.meta.settings.training import Training
from fewqubit.meta.target import accuracy, cross_entropy
from fewqubit.models.network import Params, is_trained
from fewqubit.models.noise import with_noise
from fewqubit.tasks import Source, Task, concatenated, rows_of

# (params, task) -> the task's loss, and its query outputs for the learning curve: logits or numbers
TaskLoss = Callable[[Params, Task], tuple[Float[Array, ""], Float[Array, "q n_outputs"]]]

Drawn = tuple[Any, PRNGKeyArray]  # drawn tasks, and the key of each step
Take = Callable[[MetaState, Drawn, Source], Stepped]  # of all seeds, some steps

# (logits or numbers, the right answers) -> a loss, or a score
Score = Callable[[Array, Array], Float[Array, ""]]


def episodic_learner(
    init_params: Callable[[PRNGKeyArray], Params],
    adapt: Callable[[Params, Array, Array], Adapted],
    predict: Callable[[Adapted, Array], Array],
    training: Training,
    loss: TaskLoss | None = None,
    score: Score = accuracy,
) -> MetaLearner:
    """Meta-learn ``params`` by the gradient of the mean of ``loss`` over tasks; by default

    L_k(params) = cross_entropy(predict(adapt(params, support_k), query_k), query labels_k),

    differentiated through the adaptation (Finn et al. 2017, §2.2; their eq. 1 is a step of plain
    gradient descent). The learning curve shows ``score``.
    """
    optimizer = build_optimizer(training)
    of_task = loss or query_loss(EmbeddedLearner(adapt, predict), training)

    def init(key: PRNGKeyArray) -> MetaState:
        params = init_params(key)
        return MetaState(params, optimizer.init(params))

    def task_loss(
        params: Params, key: PRNGKeyArray, task: Task
    ) -> tuple[Float[Array, ""], StepInfo]:
        params, task = disturbed(key, params, task, training, of_task)
        value, logits = of_task(params, task)
        return value, StepInfo(value, score(logits, task.query_y))

    def mean_loss(
        params: Params, keys: PRNGKeyArray, tasks: Task
    ) -> tuple[Float[Array, ""], StepInfo]:
        losses, infos = jax.vmap(task_loss, in_axes=(None, 0, 0))(params, keys, tasks)
        return losses.mean(), jax.tree.map(lambda part: part.mean(), infos)

    def gradient(key: PRNGKeyArray, params: Params, tasks: Task) -> tuple[Params, StepInfo]:
        keys = jax.random.split(key, len(tasks.support_y))
        found: tuple[Params, StepInfo] = jax.grad(mean_loss, has_aux=True)(params, keys, tasks)
        return found

    outer = OuterStep(gradient, updated_by(optimizer))
    return MetaLearner(init, outer.step, adapt, predict, outer=outer)


def embedding_learner(
    init_params: Callable[[PRNGKeyArray], Params],
    rows: EmbeddedLearner,
    training: Training,
    loss: TaskLoss | None = None,
) -> MetaLearner:
    """``episodic_learner`` for a learner that works on embedded examples."""
    adapt, predict = rows.on_examples()
    loss = loss or query_loss(rows, training)
    return episodic_learner(init_params, adapt, predict, training, loss)._replace(rows=rows)


def query_loss(
    rows: EmbeddedLearner, training: Training, criterion: Score = cross_entropy
) -> TaskLoss:
    """``criterion`` of the queries after adaptation to the support; symmetric with ``both_ways``.

    Every example is embedded once, even if it serves both as support and as query.
    """

    def of_rows(params: Params, task: Task) -> tuple[Float[Array, ""], Float[Array, "q n_outputs"]]:
        outputs = rows.predict(rows.adapt(params, task.support_x, task.support_y), task.query_x)
        return criterion(outputs, task.query_y), outputs

    asked = both_ways(of_rows) if training.both_ways else of_rows

    def loss(params: Params, task: Task) -> tuple[Float[Array, ""], Float[Array, "q n_outputs"]]:
        embedded = rows.embed(params, concatenated(task.support_x, task.query_x))
        n_support = len(task.support_y)
        support = rows_of(embedded, slice(n_support))
        query = rows_of(embedded, slice(n_support, None))
        return asked(params, task._replace(support_x=support, query_x=query))

    return loss


def both_ways(loss: TaskLoss) -> TaskLoss:
    """½ (L(support → query) + L(query → support)): each example is support once and query once."""

    def mean(params: Params, task: Task) -> tuple[Float[Array, ""], Float[Array, "q n_outputs"]]:
        there, outputs = loss(params, task)
        turned = Task(task.query_x, task.query_y, task.support_x, task.support_y)
        return (there + loss(params, turned)[0]) / 2, outputs

    return mean


def disturbed(
    key: PRNGKeyArray, params: Params, task: Task, training: Training, loss: TaskLoss
) -> tuple[Params, Task]:
    """Parameters and task with the disturbances of the settings; unchanged without any."""
    key_params, key_task = jax.random.split(key)
    strength = training.angle_noise, training.entangler_dropout
    params = with_noise(key_params, params, *strength, from_shots=training.shots is not None)
    if training.distortion:
        task = distorted(jax.random.fold_in(key_task, 1), task, training.distortion)
    if training.jitter:
        task = jittered(key_task, task, training.jitter)
    if training.adversarial:
        task = attacked(lambda worse: loss(params, worse)[0], task, training.adversarial)
    return params, task


def updated_by(
    optimizer: optax.GradientTransformation,
) -> Callable[[MetaState, Params], MetaState]:
    """(state, gradient) -> the state after one step of ``optimizer``."""

    def update(state: MetaState, gradient: Params) -> MetaState:
        updates, optimizer_state = optimizer.update(gradient, state.optimizer_state, state.params)
        return MetaState(optax.apply_updates(state.params, updates), optimizer_state)

    return update


def build_optimizer(training: Training) -> optax.GradientTransformation:
    """AdamW on gradients clipped to norm ``clip``, with the schedule of ``learning_rate``.

    Parameters that are not trained have no gradient; weight decay leaves them unchanged, too.
    """
    return optax.chain(
        optax.clip_by_global_norm(training.clip),
        optax.adamw(_rate(training), weight_decay=training.weight_decay, mask=is_trained),
    )


def _rate(training: Training) -> optax.Schedule:
    """The rate rises from 0 in ``warmup`` steps, then is constant or falls to 0 along a cosine."""
    full, left = training.learning_rate, training.steps - training.warmup
    later = (
        optax.cosine_decay_schedule(full, left)
        if training.decay == "cosine"
        else optax.constant_schedule(full)
    )
    if not training.warmup:
        return later
    return optax.join_schedules(
        [optax.linear_schedule(0.0, full, training.warmup), later], [training.warmup]
    )


def side_by_side(learner: MetaLearner) -> Take:
    """All seeds and all steps of a chunk in one program."""

    def of_seed(meta: MetaState, drawn: Drawn, source: Source) -> Stepped:
        after, infos = jax.lax.scan(partial(_step, learner, source), meta, drawn)
        return after, jax.tree.map(jnp.mean, infos)

    return jax.jit(jax.vmap(of_seed, in_axes=(0, 0, None)))


def one_by_one(learner: MetaLearner) -> Take:
    """One seed after the other, by a program of one step.

    XLA computes convolutions in a loop many times more slowly: only what a program does outside of
    loops is rewritten into the form that its fast routines take.
    """
    step = jax.jit(lambda state, drawn, source: _step(learner, source, state, drawn))

    def of_seed(meta: MetaState, drawn: Drawn, source: Source) -> Stepped:
        infos = []
        for number in range(len(drawn[1])):
            meta, info = step(meta, rows_of(drawn, number), source)
            infos.append(info)
        return meta, jax.tree.map(lambda *parts: jnp.stack(parts).mean(), *infos)

    def take(metas: MetaState, drawn: Drawn, source: Source) -> Stepped:
        n_seeds = len(drawn[1])
        done = [of_seed(rows_of(metas, k), rows_of(drawn, k), source) for k in range(n_seeds)]
        stacked: Stepped = jax.tree.map(lambda *seeds: jnp.stack(seeds), *done)
        return stacked

    return take


def _step(learner: MetaLearner, source: Source, state: MetaState, drawn: Drawn) -> Stepped:
    tasks, key = drawn
    return learner.step(key, state, source.tasks(tasks))
