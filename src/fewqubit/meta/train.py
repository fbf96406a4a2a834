"""Meta-training: several seeds side by side, validated, stopped early, resumable at any chunk."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.keys import stream
from fewqubit.meta.divergence import Stepped, Steps, check_start, check_steps
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.target import accuracy, explained
from fewqubit.meta.training import Training
from fewqubit.models.network import Params
from fewqubit.tasks import Episode, Inputs, Shape, Source, TrainingData, gather

VALIDATION_TASKS_AT_ONCE = 10  # bounds memory: their states and activations are alive together


class SeedState(NamedTuple):
    """The state of one seed in meta-training; a leading axis holds all seeds.

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


class TrainState(NamedTuple):
    """What a chunk leaves behind and a checkpoint holds: all seeds' states, the curve so far."""

    step: int
    seeds: SeedState
    curve: list[Point]


Validator = Callable[[Params], Float[Array, " S"]]  # parameters of all seeds -> their accuracies


def validator(learner: MetaLearner, data: TrainingData, vectorize: bool) -> Validator:
    """Mean query accuracy of every seed over the validation episodes; compiled once for a run."""

    @jax.jit
    def scores(params: Params, data: TrainingData) -> Float[Array, " S"]:
        def one(params: Params) -> Float[Array, ""]:
            return episode_accuracies(
                learner, params, data.x, data.validation, targets=data.targets
            ).mean()

        return _over_seeds(vectorize)(one)(params)

    return lambda params: scores(params, data)


def begin(learner: MetaLearner, scores: Validator, keys: PRNGKeyArray) -> TrainState:
    """Step 0 of every seed: initial parameters and their validation.

    Raises NumbersError: they are NaN or infinite.
    """
    metas = jax.jit(jax.vmap(lambda key: learner.init(stream(key, "init"))))(keys)
    score, zeros = scores(metas.params), jnp.zeros(len(keys), int)
    check_start(metas, score)
    unknown = np.full(len(keys), np.nan, np.float32)  # not JAX's: it may be told to refuse NaN
    first = SeedState(metas, metas.params, score, zeros, zeros)
    return TrainState(0, first, [Point(0, unknown, unknown, score)])


def meta_train(
    learner: MetaLearner,
    scores: Validator,
    source: Source,
    training: Training,
    shape: Shape,
    keys: PRNGKeyArray,
    state: TrainState,
    report: Callable[[TrainState], None],
) -> TrainState:
    """Train every seed of ``keys`` [S] from ``state`` to the end of its budget.

    After each chunk of ``validate_every`` steps, ``report`` gets the state, to show or to store.
    A seed's best parameters on validation are kept; after ``patience`` validations without a new
    best it is at rest, and training ends when all are.

    Raises NumbersError: a seed diverged; nothing of the run is kept, the other seeds included.
    """
    if _all_rest(state.seeds, training):
        return state
    steps = range(state.step, training.steps)
    chunks = _chunks(learner, scores, source, training, shape, keys, state.seeds.meta, steps)
    for end, metas, info, score in chunks:
        seeds = _keep_best(state.seeds, metas, score, end, training.patience)
        point = Point(end, info.loss, info.accuracy, score)
        state = TrainState(end, seeds, [*state.curve, point])
        report(state)
        if _all_rest(seeds, training):
            break
    return state


def train_on_all(
    learner: MetaLearner,
    data: TrainingData,
    training: Training,
    shape: Shape,
    keys: PRNGKeyArray,
    state: TrainState,
    report: Callable[[TrainState], None],
) -> TrainState:
    """After validated training, train again from the beginning on ``data.every``, to the end.

    ``state.step`` counts on from ``training.steps``, so that a resumed run knows where it stands.
    Nothing validates these steps: the last parameters replace those that validated best.

    Raises NumbersError: a seed diverged.
    """
    assert data.every is not None
    source, offset = data._replace(classes=data.every), training.steps
    if state.step <= offset:
        metas = jax.jit(jax.vmap(lambda key: learner.init(stream(key, "init"))))(keys)
        state = state._replace(step=offset, seeds=state.seeds._replace(meta=metas))
    unasked: Validator = lambda params: jnp.zeros(len(keys))  # noqa: E731
    steps = range(state.step - offset, training.longest - offset)
    chunks = _chunks(learner, unasked, source, training, shape, keys, state.seeds.meta, steps)
    for end, metas, _, _ in chunks:
        state = state._replace(step=offset + end, seeds=state.seeds._replace(meta=metas))
        report(state)
    return state._replace(seeds=state.seeds._replace(best_params=state.seeds.meta.params))


def _chunks(
    learner: MetaLearner,
    scores: Validator,
    source: Source,
    training: Training,
    shape: Shape,
    keys: PRNGKeyArray,
    metas: MetaState,
    steps: range,
) -> Iterator[tuple[int, MetaState, StepInfo, Float[Array, " S"]]]:
    """Take ``steps`` from ``metas`` in chunks of ``validate_every``.

    Yields, after each, the number of steps taken, all seeds' states, what they saw, their scores.
    A chunk is one compiled call without Python inside. Step t of a seed draws from the stream
    (seed, "step", t), so that a resumed run repeats an undisturbed one to the byte.
    """

    @jax.jit
    def take(metas: MetaState, keys: PRNGKeyArray, steps: Array, source: Source) -> Stepped:
        def one(pair: tuple[MetaState, PRNGKeyArray]) -> Stepped:
            return _steps_of_a_seed(learner, training, shape, *pair, steps, source)

        return _over_seeds(training.vectorize_seeds)(one)((metas, keys))

    advance: Steps = lambda before, few: take(before, keys, few, source)  # noqa: E731
    for start in steps[:: training.validate_every]:
        end = min(start + training.validate_every, steps.stop)
        before, numbers = metas, jnp.arange(start, end)
        metas, info = advance(before, numbers)
        score = scores(metas.params)
        check_steps(before, numbers, (metas, info), score, advance)
        yield end, metas, info, score


def _over_seeds(vectorize: bool) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Map a function of one seed over all seeds: vectorised, or one after the other."""
    return jax.vmap if vectorize else lambda one: partial(jax.lax.map, one)


def _steps_of_a_seed(
    learner: MetaLearner,
    training: Training,
    shape: Shape,
    meta: MetaState,
    key: PRNGKeyArray,
    steps: Array,
    source: Source,
) -> Stepped:
    """The state of one seed after some steps, and the mean StepInfo."""

    def step(state: MetaState, number: Array) -> Stepped:
        key_tasks, key_step = jax.random.split(stream(key, "step", number))
        tasks = source.draw(key_tasks, shape, training.tasks_per_step)
        return learner.step(key_step, state, tasks)

    after, infos = jax.lax.scan(step, meta, steps)
    return after, jax.tree.map(jnp.mean, infos)


def episode_accuracies(
    learner: MetaLearner,
    params: Params,
    x: Inputs,
    episodes: Episode,
    at_once: int = VALIDATION_TASKS_AT_ONCE,
    targets: Float[Array, "N n_outputs"] | None = None,
) -> Float[Array, " episodes"]:
    """Query accuracy in each of the episodes of ``x``, ``at_once`` of them in memory together.

    Of numbers, ``targets``, what is explained of their variance.
    """
    score = accuracy if targets is None else explained

    def one(episode: Episode) -> Float[Array, ""]:
        task = gather(episode, x, targets)
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return score(learner.predict(adapted, task.query_x), task.query_y)

    return jax.lax.map(one, episodes, batch_size=at_once)


@partial(jax.jit, static_argnames="patience")
def _keep_best(
    seeds: SeedState, metas: MetaState, scores: Array, step: int, patience: int | None
) -> SeedState:
    """Take over each seed's new state; its parameters as the best, if their score is a new best."""

    def one(seed: SeedState, meta: MetaState, score: Array) -> SeedState:
        better = (score > seed.best_accuracy) & ~_rests(seed, patience)
        pick: Callable[[Any, Any], Any] = lambda new, old: jnp.where(better, new, old)  # noqa: E731
        return SeedState(
            meta,
            jax.tree.map(pick, meta.params, seed.best_params),
            pick(score, seed.best_accuracy),
            pick(step, seed.best_step),
            jnp.where(better, 0, seed.waited + 1),
        )

    return jax.vmap(one)(seeds, metas, scores)


def _rests(seed: SeedState, patience: int | None) -> Array:
    return jnp.zeros_like(seed.waited, bool) if patience is None else seed.waited >= patience


def _all_rest(seeds: SeedState, training: Training) -> bool:
    return bool(_rests(seeds, training.patience).all())
