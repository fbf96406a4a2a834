"""Meta-training: several seeds side by side, validated, stopped early, resumable at any chunk."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.config import Episodes, Training
from fewqubit.keys import stream
from fewqubit.meta.accuracy import accuracy
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.models.network import Params
from fewqubit.tasks import ClassIndex, Episode, Task, gather, sample_task

VALIDATION_TASKS_AT_ONCE = 10  # bounds memory: their states and activations are alive together


class Material(NamedTuple):
    """What meta-training sees: the examples, its own classes, and the validation episodes."""

    x: Float[Array, "N *feature"]
    classes: ClassIndex
    validation: Episode


class Shape(NamedTuple):
    """The shape of training tasks; it may differ from the test episodes'."""

    n_way: int
    n_shot: int
    n_query: int


class SeedState(NamedTuple):
    """One seed's place in meta-training; a leading axis holds all seeds.

    meta:           parameters and optimizer
    best_params:    parameters at the best validation so far
    best_accuracy:  their validation accuracy
    best_step:      the step they are from
    waited:         validations since then
    """

    meta: MetaState
    best_params: Params
    best_accuracy: Float[Array, ""]
    best_step: Int[Array, ""]
    waited: Int[Array, ""]


class Point(NamedTuple):
    """One point of the learning curve, for every seed [S]: means over the chunk that ends there."""

    step: int
    loss: Float[Array, " S"]
    accuracy: Float[Array, " S"]
    validation: Float[Array, " S"]


class Progressing(NamedTuple):
    """What a chunk leaves behind and a checkpoint holds: all seeds' states, the curve so far."""

    step: int
    seeds: SeedState
    curve: list[Point]


def task_shape(training: Training, episodes: Episodes) -> Shape:
    """The training tasks' shape: as the settings say, else as the test episodes."""
    return Shape(
        training.n_way or episodes.n_way,
        training.n_shot or episodes.n_shot,
        training.n_query or episodes.n_query,
    )


def begin(
    train_learner: MetaLearner, test_learner: MetaLearner, material: Material, keys: PRNGKeyArray
) -> Progressing:
    """Step 0 of every seed: initial parameters and their validation."""

    def start(key: PRNGKeyArray) -> SeedState:
        meta = train_learner.init(stream(key, "init"))
        score = validate(test_learner, meta.params, material)
        zero = jnp.zeros((), int)
        return SeedState(meta, meta.params, score, zero, zero)

    seeds = jax.jit(lambda keys: jax.lax.map(start, keys))(keys)
    unknown = jnp.full(len(keys), jnp.nan)
    return Progressing(0, seeds, [Point(0, unknown, unknown, seeds.best_accuracy)])


def meta_train(
    train_learner: MetaLearner,
    test_learner: MetaLearner,
    material: Material,
    training: Training,
    shape: Shape,
    keys: PRNGKeyArray,
    progressing: Progressing,
    report: Callable[[Progressing], None],
) -> Progressing:
    """Train every seed of ``keys`` [S] from ``progressing`` to the end of its budget.

    Work goes in chunks of ``validate_every`` steps, each one compiled call without Python inside;
    after each, ``report`` gets the state, to show or to store. Step t of a seed draws from the
    stream (seed, "step", t), so that a resumed run repeats an undisturbed one to the byte.
    A seed's best parameters on validation are kept; after ``patience`` validations without a new
    best it is at rest, and training ends when all are.
    """

    @jax.jit
    def chunk(
        seeds: SeedState, keys: PRNGKeyArray, steps: Array, material: Material
    ) -> tuple[SeedState, StepInfo, Array]:
        def one(pair: tuple[SeedState, PRNGKeyArray]) -> tuple[SeedState, StepInfo, Array]:
            return _chunk(train_learner, test_learner, training, shape, *pair, steps, material)

        over_seeds = jax.vmap(one) if training.vectorize_seeds else partial(jax.lax.map, one)
        return over_seeds((seeds, keys))

    while progressing.step < training.steps and not _all_rest(progressing.seeds, training):
        end = min(progressing.step + training.validate_every, training.steps)
        steps = jnp.arange(progressing.step, end)
        seeds, info, validation = chunk(progressing.seeds, keys, steps, material)
        point = Point(end, info.loss, info.accuracy, validation)
        progressing = Progressing(end, seeds, [*progressing.curve, point])
        report(progressing)
    return progressing


def _chunk(
    train_learner: MetaLearner,
    test_learner: MetaLearner,
    training: Training,
    shape: Shape,
    seed: SeedState,
    key: PRNGKeyArray,
    steps: Array,
    material: Material,
) -> tuple[SeedState, StepInfo, Array]:
    """Some steps of one seed, then its validation."""

    def step(state: MetaState, number: Array) -> tuple[MetaState, StepInfo]:
        key_tasks, key_step = jax.random.split(stream(key, "step", number))
        tasks = _sample(key_tasks, material, shape, training.tasks_per_step)
        return train_learner.step(key_step, state, tasks)

    meta, infos = jax.lax.scan(step, seed.meta, steps)
    score = validate(test_learner, meta.params, material)
    after = _keep_best(seed, meta, score, steps[-1] + 1, training.patience)
    return after, jax.tree.map(jnp.mean, infos), score


def _sample(key: PRNGKeyArray, material: Material, shape: Shape, n_tasks: int) -> Task:
    draw = jax.vmap(lambda k: sample_task(k, material.classes, *shape))
    return gather(draw(jax.random.split(key, n_tasks)), material.x)


def validate(learner: MetaLearner, params: Params, material: Material) -> Float[Array, ""]:
    """Mean query accuracy over the validation episodes."""

    def score(episode: Episode) -> Float[Array, ""]:
        task = gather(episode, material.x)
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return accuracy(learner.predict(adapted, task.query_x), task.query_y)

    return jax.lax.map(score, material.validation, batch_size=VALIDATION_TASKS_AT_ONCE).mean()


def _keep_best(
    seed: SeedState, meta: MetaState, score: Array, step: Array, patience: int | None
) -> SeedState:
    rests = _rests(seed, patience)
    better = (score > seed.best_accuracy) & ~rests
    pick: Callable[[Any, Any], Any] = lambda new, old: jnp.where(better, new, old)  # noqa: E731
    return SeedState(
        meta,
        jax.tree.map(pick, meta.params, seed.best_params),
        pick(score, seed.best_accuracy),
        pick(step, seed.best_step),
        jnp.where(better, 0, seed.waited + 1),
    )


def _rests(seed: SeedState, patience: int | None) -> Array:
    return jnp.zeros_like(seed.waited, bool) if patience is None else seed.waited >= patience


def _all_rest(seeds: SeedState, training: Training) -> bool:
    return bool(_rests(seeds, training.patience).all())
