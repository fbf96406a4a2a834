"""Train one contestant, tune its descent, and run it on the test problems."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.starts.contest import Lane, Paths, Tuned, paths, starts, tune
from fewqubit.starts.contract import Params, World
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.contest import Contest
from fewqubit.starts.settings.starters import Starter
from fewqubit.starts.train import train


class Trained(NamedTuple):
    """Learned parameters of a contestant, with a leading seed axis, and its losses."""

    params: Params
    losses: Float[np.ndarray, "seeds rounds"]
    seeds: int


class Entry(NamedTuple):
    """The descent that a contestant has chosen, and its paths on the test problems of each size."""

    tuned: Tuned
    paths: list[Paths]


def trained(
    starter: Starter,
    world: World,
    validation: Sequence[Landscape],
    contest: Contest,
    key: PRNGKeyArray,
) -> Trained:
    """Train every seed; a deterministic starter has one. Raises SettingsError, NumbersError."""
    seeds = contest.seeds if starter.random else 1
    learner = starter.build(world)
    parts = world.training, validation
    params, losses = train(starter, learner, *parts, stream(key, "train"), seeds)
    return Trained(params, losses, seeds)


def enter(
    starter: Starter,
    world: World,
    made: Trained,
    validation: Sequence[Landscape],
    test: Sequence[Landscape],
    contest: Contest,
    key: PRNGKeyArray,
) -> Entry:
    """Tune the descent on ``validation``, then descend on ``test``."""
    params = jax.tree.map(jax.numpy.asarray, made.params)
    lane = Lane(starter.build(world), params, made.seeds)
    goal, shared = contest.goal(), (world.ansatz, world.energy)
    tuned = tune(*shared, lane, validation, stream(key, "tune"), contest.descents(), goal)
    found: list[Paths] = []
    for problems in test:
        started = starts(lane, problems, stream(key, "test"))
        (result,) = paths(*shared, started, problems, [tuned.descent], goal.steps)
        found.append(result)
    return Entry(tuned, found)
