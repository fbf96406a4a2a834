"""Meta-training: several seeds side by side, validated, stopped early, resumable at any chunk."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.meta.answers import Answering, episode_accuracies
from fewqubit.meta.divergence import Steps, check_start, check_steps
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.outer import Drawn, one_by_one, side_by_side
from fewqubit.meta.settings.training import Training
from fewqubit.models.network import Params
from fewqubit.tasks import Shape, Source, TrainingData


class SeedState(NamedTuple):
    """The state of one seed in meta-training; a leading axis holds all seeds.

    meta:           parameters and optimizer
    best_params:    parameters at the best validation so far
    best_accuracy:  their validation accuracy, or other score
    best_step:      the step of the best validation
    waited:         number of validations since then
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
    """The state after a chunk, as in a checkpoint: all seeds' states and the curve so far."""

    step: int
    seeds: SeedState
    curve: list[Point]


Validator = Callable[[Params], Float[np.ndarray, " S"]]  # parameters of all seeds -> accuracies


def validator(learner: MetaLearner, data: TrainingData) -> Validator:
    """Mean query accuracy of every seed over the validation episodes; compiled once for a run."""
    answering, x = Answering(learner), jax.tree.map(np.asarray, data.x)

    def scores(params: Params) -> Float[np.ndarray, " S"]:
        found = episode_accuracies(answering, params, x, data.validation, data.targets)
        return found.mean(1)

    return scores


def begin(learner: MetaLearner, scores: Validator, keys: PRNGKeyArray) -> TrainState:
    """Step 0 of every seed: initial parameters and their validation.

    Raises NumbersError: they are NaN or infinite.
    """
    metas = _first(learner, keys)
    score, zeros = scores(metas.params), jax.device_put(np.zeros(len(keys), np.int32))
    check_start(metas, score)
    unknown = np.full(len(keys), np.nan, np.float32)  # numpy: JAX may be set to refuse NaN
    first = SeedState(metas, metas.params, score, zeros, zeros)
    return TrainState(0, first, [Point(0, unknown, unknown, score)])


def _first(learner: MetaLearner, keys: PRNGKeyArray) -> MetaState:
    """Initial states, not as one program: arms share those of random numbers, long to compile."""
    return jax.vmap(lambda key: learner.init(stream(key, "init")))(keys)


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
    The parameters with the best validation of each seed are kept. A seed stops after ``patience``
    validations without a new best; training ends when all seeds have stopped.

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

    ``state.step`` continues from ``training.steps``, so that a resumed run knows its phase. These
    steps are not validated: the last parameters replace those with the best validation.

    Raises NumbersError: a seed diverged.
    """
    assert data.every is not None
    source, offset = data._replace(classes=data.every), training.steps
    if state.step <= offset:
        metas = _first(learner, keys)
        state = state._replace(step=offset, seeds=state.seeds._replace(meta=metas))
    unasked: Validator = lambda params: np.zeros(len(keys))  # noqa: E731
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

    After each chunk, yields the number of steps taken, all seeds' states, their StepInfo and their
    scores. Step t of a seed draws from the stream (seed, "step", t), so that a resumed run equals
    an uninterrupted one to the byte.
    """

    draw = drawing(training, shape)
    take = (side_by_side if training.vectorize_seeds else one_by_one)(learner)
    advance: Steps = lambda before, few: take(before, draw(keys, few, source), source)  # noqa: E731
    for start in steps[:: training.validate_every]:
        end = min(start + training.validate_every, steps.stop)
        before, numbers = metas, np.arange(start, end, dtype=np.int32)
        metas, info = advance(before, numbers)
        score = scores(metas.params)
        check_steps(before, numbers, (metas, info), score, advance)
        yield end, metas, info, score


def drawing(training: Training, shape: Shape) -> Callable[[PRNGKeyArray, Array, Source], Drawn]:
    """Draw the tasks of some steps of every seed, and the key of each step.

    It is a separate program because all learners and arms share it, and compiling it takes as long
    as compiling a step.
    """

    @jax.jit
    @partial(jax.vmap, in_axes=(0, None, None))
    def draw(key: PRNGKeyArray, steps: Array, source: Source) -> Drawn:
        def one(number: Array) -> Drawn:
            key_tasks, key_step = jax.random.split(stream(key, "step", number))
            return source.draw(key_tasks, shape, training.tasks_per_step), key_step

        return jax.lax.map(one, steps)

    return draw


@partial(jax.jit, static_argnames="patience")
def _keep_best(
    seeds: SeedState, metas: MetaState, scores: Array, step: int, patience: int | None
) -> SeedState:
    """Each seed's new state; its parameters become the best ones if their score is a new best."""

    def one(seed: SeedState, meta: MetaState, score: Array) -> SeedState:
        better = (score > seed.best_accuracy) & ~_rests(seed.waited, patience)
        pick: Callable[[Any, Any], Any] = lambda new, old: jnp.where(better, new, old)  # noqa: E731
        return SeedState(
            meta,
            jax.tree.map(pick, meta.params, seed.best_params),
            pick(score, seed.best_accuracy),
            pick(step, seed.best_step),
            jnp.where(better, 0, seed.waited + 1),
        )

    return jax.vmap(one)(seeds, metas, scores)


def _rests(waited: Any, patience: int | None) -> Any:
    return waited >= (np.iinfo(np.int32).max if patience is None else patience)


def _all_rest(seeds: SeedState, training: Training) -> bool:
    return bool(_rests(np.asarray(seeds.waited), training.patience).all())
