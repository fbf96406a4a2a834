"""A learner's walk through a stream: one step for each group, for all seeds together."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.meta.answers import Answering, episode_accuracies
from fewqubit.meta.divergence import check_steps
from fewqubit.meta.learner import MetaLearner, MetaState, StepInfo
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.group import Group
from fewqubit.meta.streams.settings import Way
from fewqubit.meta.streams.tasks import Tasks, tasks_of
from fewqubit.meta.streams.way import Kept, Step
from fewqubit.models.network import Params
from fewqubit.tasks import Shape


class Place(NamedTuple):
    """The state of a learner between two groups; leaves have a leading seed axis.

    params:  parameters learned so far
    kept:    what the way remembers of earlier groups
    """

    params: Params
    kept: Kept


class Walker(NamedTuple):
    """A learner in one arm with one way to go on learning; built by ``walker``.

    start:     (keys [S], first group) -> the place before the first group
    learn:     (keys, place, groups so far) -> the place after the last of them
    accuracy:  (params, group) -> accuracies [S, E] on its frozen episodes
    """

    start: Callable[[PRNGKeyArray, Group], Place]
    learn: Callable[[PRNGKeyArray, Place, Sequence[Group]], Place]
    accuracy: Callable[[Params, Group], Float[np.ndarray, "S E"]]


def walker(
    trained: MetaLearner, tested: MetaLearner, way: Way, training: Training, shape: Shape
) -> Walker:
    """The walker of ``trained``; ``tested`` is the same learner for tasks as in frozen episodes.

    Each group takes ``training.steps`` steps with a new optimizer and a new schedule, from the last
    parameters. Training on the first group is the same in every way. Random streams are named by
    the group, not by its position, so a seed draws the same tasks in every arm and way.

    Raises SettingsError: the learner lacks something that the way needs.
    """
    going, run = way.build(trained), _runner(training)
    first = run(trained, lambda key, state, kept, tasks: trained.step(key, state, tasks), shape)
    later = first if going.step is None else run(trained, going.step, shape)
    n_tasks = training.steps * training.tasks_per_step

    @jax.jit
    def leave(keys: PRNGKeyArray, params: Params, kept: Kept, tasks: Tasks) -> Kept:
        def one(of_seed: tuple[PRNGKeyArray, Params, Kept]) -> Kept:
            key, learned, before = of_seed
            return going.leave(key, learned, before, lambda at: tasks.one(at, shape), n_tasks)

        return jax.lax.map(one, (keys, params, kept))

    def start(keys: PRNGKeyArray, group: Group) -> Place:
        params = jax.jit(jax.vmap(lambda key: trained.init(stream(key, "init")).params))(keys)
        one = tasks_of([group]).one(keys[0], shape)
        return Place(params, jax.vmap(lambda of_seed: going.begin(of_seed, one))(params))

    def learn(keys: PRNGKeyArray, place: Place, groups: Sequence[Group]) -> Place:
        new, not_first = groups[-1], len(groups) > 1
        if not_first and way.learns_from == "nothing":
            return place
        source = tasks_of(groups if way.learns_from == "all" else [new])
        group_keys = jax.vmap(lambda key: stream(key, "group", new.name))(keys)
        params = (later if not_first else first)(group_keys, place, source)
        left = jax.vmap(lambda key: stream(key, "leave"))(group_keys)
        return Place(params, leave(left, params, place.kept, tasks_of([new])))

    return Walker(start, learn, _accuracies(tested))


Run = Callable[[PRNGKeyArray, Place, Tasks], Params]


def _runner(training: Training) -> Callable[[MetaLearner, Step, Shape], Run]:
    """A function that runs all steps on one group for every seed."""
    over_seeds: Callable[[Any], Any] = (
        jax.vmap if training.vectorize_seeds else lambda one: partial(jax.lax.map, one)
    )

    def run(learner: MetaLearner, step: Step, shape: Shape) -> Run:
        def of_seed(
            own: tuple[PRNGKeyArray, MetaState, Kept], steps: Array, source: Tasks
        ) -> tuple[MetaState, StepInfo]:
            key, state, kept = own

            def one(now: MetaState, number: Array) -> tuple[MetaState, StepInfo]:
                key_tasks, key_step = jax.random.split(stream(key, "step", number))
                tasks = source.draw(key_tasks, shape, training.tasks_per_step)
                return step(key_step, now, kept, tasks)

            after, infos = jax.lax.scan(one, state, steps)
            return after, jax.tree.map(jnp.mean, infos)

        @jax.jit
        def chunk(
            keys: PRNGKeyArray, states: MetaState, kept: Kept, steps: Array, source: Tasks
        ) -> tuple[MetaState, StepInfo]:
            alike = partial(of_seed, steps=steps, source=source)
            return over_seeds(lambda own: alike(own))((keys, states, kept))

        fresh = jax.jit(jax.vmap(learner.init))

        def run_group(keys: PRNGKeyArray, place: Place, source: Tasks) -> Params:
            states = fresh(keys)._replace(params=place.params)
            steps = jnp.arange(training.steps)
            after, info = chunk(keys, states, place.kept, steps, source)
            check_steps(
                states,
                steps,
                (after, info),
                jnp.zeros(len(keys)),
                lambda state, few: chunk(keys, state, place.kept, few, source),
            )
            return after.params

        return run_group

    return run


def _accuracies(learner: MetaLearner) -> Callable[[Params, Group], Float[np.ndarray, "S E"]]:
    answering = Answering(learner)

    def accuracy(params: Params, group: Group) -> Float[np.ndarray, "S E"]:
        return episode_accuracies(answering, params, group.x, group.episodes)

    return accuracy


Answers = dict[tuple[int, int], Float[np.ndarray, "S E"]]  # (step, group) -> accuracies


def walk(
    walking: Walker, keys: PRNGKeyArray, groups: Sequence[Group]
) -> Iterator[tuple[Place, Answers]]:
    """The place after each group, and the accuracies of that step (``walk_on``)."""
    start = place = walking.start(keys, groups[0])
    for number in range(len(groups)):
        place, answered = walk_on(walking, keys, start, place, groups[: number + 1])
        yield place, answered


def walk_on(
    walking: Walker, keys: PRNGKeyArray, start: Place, place: Place, groups: Sequence[Group]
) -> tuple[Place, Answers]:
    """One step: the last of ``groups`` arrives at ``place``.

    The new group is first evaluated with the current parameters and with those of ``start`` (step
    −1). After training on it, all groups are evaluated. No group is evaluated before it arrives, so
    later groups do not change earlier results.
    """
    number, new = len(groups) - 1, groups[-1]
    answered = {(-1, number): walking.accuracy(start.params, new)}
    if number:
        answered[number - 1, number] = walking.accuracy(place.params, new)
    place = walking.learn(keys, place, groups)
    for earlier, group in enumerate(groups):
        answered[number, earlier] = walking.accuracy(place.params, group)
    return place, answered


def gathered(answered: Answers) -> Answered:
    """All accuracies of a walk as two arrays."""
    n = 1 + max(step for step, _ in answered)
    shape = next(iter(answered.values())).shape
    after, before = np.full((n, n, *shape), np.nan), np.full((n, *shape), np.nan)
    for (step, group), values in answered.items():
        if group < n:
            (before if step < 0 else after[step])[group] = values
    return Answered(after, before)
