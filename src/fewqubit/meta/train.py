"""Meta-training: several seeds side by side, validated, stopped early, resumable at any chunk."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.keys import stream
from fewqubit.meta.divergence import check_start, check_steps
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.target import accuracy
from fewqubit.meta.training import Training
from fewqubit.models.network import Params
from fewqubit.tasks import ClassIndex, Episode, Inputs, Shape, Task, gather, sample_task

VALIDATION_TASKS_AT_ONCE = 10  # bounds memory: their states and activations are alive together


class Source(Protocol):
    """Where training tasks come from: a pytree that draws them, such as ``tasks.Sinusoids``."""

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Task:
        """``n_tasks`` tasks, task axis first."""


class Material(NamedTuple):
    """What meta-training sees: the examples, its own classes, and the validation episodes.

    ``every``: meta-train and validation classes together, for a final training on all of them
    """

    x: Inputs
    classes: ClassIndex
    validation: Episode
    every: ClassIndex | None = None

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Task:
        """Episodes of the classes, from their examples."""
        draw = jax.vmap(lambda k: sample_task(k, self.classes, *shape))
        return gather(draw(jax.random.split(key, n_tasks)), self.x)


class SeedState(NamedTuple):
    """One seed's place in meta-training; a leading axis holds all seeds.

    meta:           parameters and optimizer
    best_params:    parameters at the best validation so far
    best_accuracy:  their validation accuracy, or other score
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
    loss: Float[Array | np.ndarray, " S"]
    accuracy: Float[Array | np.ndarray, " S"]
    validation: Float[Array | np.ndarray, " S"]


class Progressing(NamedTuple):
    """What a chunk leaves behind and a checkpoint holds: all seeds' states, the curve so far."""

    step: int
    seeds: SeedState
    curve: list[Point]


Validator = Callable[[Params], Float[Array, " S"]]  # parameters of all seeds -> their accuracies


def validator(learner: MetaLearner, material: Material, vectorize: bool) -> Validator:
    """Mean query accuracy of every seed over the validation episodes; compiled once for a run."""

    @jax.jit
    def scores(params: Params, material: Material) -> Float[Array, " S"]:
        return _over_seeds(vectorize)(lambda own: validate(learner, own, material))(params)

    return lambda params: scores(params, material)


def begin(learner: MetaLearner, scores: Validator, keys: PRNGKeyArray) -> Progressing:
    """Step 0 of every seed: initial parameters and their validation.

    Raises NumbersError: they are NaN or infinite.
    """
    metas = jax.jit(jax.vmap(lambda key: learner.init(stream(key, "init"))))(keys)
    score, zeros = scores(metas.params), jnp.zeros(len(keys), int)
    check_start(metas, score)
    unknown = np.full(len(keys), np.nan, np.float32)  # not JAX's: it may be told to refuse NaN
    first = SeedState(metas, metas.params, score, zeros, zeros)
    return Progressing(0, first, [Point(0, unknown, unknown, score)])


def meta_train(
    learner: MetaLearner,
    scores: Validator,
    material: Source,
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

    Raises NumbersError: a seed diverged; nothing of the run is kept, the other seeds included.
    """
    chunk = _chunks(learner, training, shape)

    @jax.jit
    def keep_best(seeds: SeedState, metas: MetaState, score: Array, step: int) -> SeedState:
        keep = jax.vmap(_keep_best, in_axes=(0, 0, 0, None, None))
        return keep(seeds, metas, score, step, training.patience)

    while progressing.step < training.steps and not _all_rest(progressing.seeds, training):
        end = min(progressing.step + training.validate_every, training.steps)
        steps = jnp.arange(progressing.step, end)
        begun = progressing.seeds.meta
        metas, info = chunk(begun, keys, steps, material)
        score = scores(metas.params)
        check_steps(
            begun, steps, (metas, info), score, lambda state, few: chunk(state, keys, few, material)
        )
        seeds = keep_best(progressing.seeds, metas, score, end)
        point = Point(end, info.loss, info.accuracy, score)
        progressing = Progressing(end, seeds, [*progressing.curve, point])
        report(progressing)
    return progressing


def train_on_all(
    learner: MetaLearner,
    material: Material,
    training: Training,
    shape: Shape,
    keys: PRNGKeyArray,
    progressing: Progressing,
    report: Callable[[Progressing], None],
) -> Progressing:
    """After validated training, the same from the beginning on ``material.every``, to its end.

    The steps count on from ``training.steps``, which tells a resumed run where it stands; those of
    the parameters that validated best give way to the last ones.

    Raises NumbersError: a seed diverged.
    """
    assert material.every is not None
    material = material._replace(classes=material.every)
    chunk, begun, whole = _chunks(learner, training, shape), training.steps, training.longest
    if progressing.step <= begun:
        metas = jax.jit(jax.vmap(lambda key: learner.init(stream(key, "init"))))(keys)
        progressing = progressing._replace(step=begun, seeds=progressing.seeds._replace(meta=metas))
    while progressing.step < whole:
        end = min(progressing.step + training.validate_every, whole)
        steps, before = jnp.arange(progressing.step, end) - begun, progressing.seeds.meta
        metas, info = chunk(before, keys, steps, material)
        check_steps(
            before,
            steps,
            (metas, info),
            jnp.zeros(len(keys)),
            lambda state, few: chunk(state, keys, few, material),
        )
        progressing = progressing._replace(step=end, seeds=progressing.seeds._replace(meta=metas))
        report(progressing)
    last = progressing.seeds.meta.params
    return progressing._replace(seeds=progressing.seeds._replace(best_params=last))


Chunks = Callable[[MetaState, PRNGKeyArray, Array, Source], tuple[MetaState, StepInfo]]


def _chunks(learner: MetaLearner, training: Training, shape: Shape) -> Chunks:
    """Some steps of every seed in one compiled call."""

    @jax.jit
    def chunk(
        metas: MetaState, keys: PRNGKeyArray, steps: Array, material: Source
    ) -> tuple[MetaState, StepInfo]:
        def one(pair: tuple[MetaState, PRNGKeyArray]) -> tuple[MetaState, StepInfo]:
            return _chunk(learner, training, shape, *pair, steps, material)

        return _over_seeds(training.vectorize_seeds)(one)((metas, keys))

    return chunk


def _over_seeds(vectorize: bool) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """How a function of one seed serves all: side by side, or one after the other."""
    return jax.vmap if vectorize else lambda one: partial(jax.lax.map, one)


def _chunk(
    learner: MetaLearner,
    training: Training,
    shape: Shape,
    meta: MetaState,
    key: PRNGKeyArray,
    steps: Array,
    material: Source,
) -> tuple[MetaState, StepInfo]:
    """Some steps of one seed, and what they saw on average."""

    def step(state: MetaState, number: Array) -> tuple[MetaState, StepInfo]:
        key_tasks, key_step = jax.random.split(stream(key, "step", number))
        tasks = material.draw(key_tasks, shape, training.tasks_per_step)
        return learner.step(key_step, state, tasks)

    after, infos = jax.lax.scan(step, meta, steps)
    return after, jax.tree.map(jnp.mean, infos)


def validate(learner: MetaLearner, params: Params, material: Material) -> Float[Array, ""]:
    """Mean query accuracy over the validation episodes."""
    return episode_accuracies(learner, params, material.x, material.validation).mean()


def episode_accuracies(
    learner: MetaLearner,
    params: Params,
    x: Inputs,
    episodes: Episode,
    at_once: int = VALIDATION_TASKS_AT_ONCE,
) -> Float[Array, " episodes"]:
    """Query accuracy in each of the episodes of ``x``, ``at_once`` of them in memory together."""

    def one(episode: Episode) -> Float[Array, ""]:
        task = gather(episode, x)
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return accuracy(learner.predict(adapted, task.query_x), task.query_y)

    return jax.lax.map(one, episodes, batch_size=at_once)


def _keep_best(
    seed: SeedState, meta: MetaState, score: Array, step: int, patience: int | None
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
