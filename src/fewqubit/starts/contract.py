"""The one signature of everything that proposes a start, learned or not."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.descent import Start, descend
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Descent

Params = Any  # a pytree of arrays


class StartState(NamedTuple):
    """Where training stands: what is learned, and the state of its optimizer."""

    params: Params
    optimizer_state: Any


class World(NamedTuple):
    """What a learner of starts is built for.

    energy:    (θ, problem) -> E, for problems of every size
    ramp:      the ansatz's schedule with the two factors that suit the training problems best
    rate:      of gradient descent that lowers E/u most in five steps from the ramp
    training:  the problems to learn from, a batch for each size
    degree:    of the graphs, where all are regular; else None
    """

    ansatz: Ansatz
    energy: Energy
    ramp: Float[Array, " angles"]
    rate: float
    training: tuple[Landscape, ...]
    degree: int | None = None

    @property
    def n_angles(self) -> int:
        return len(self.ramp)


class StartLearner(NamedTuple):
    """Learning where to start, as four pure functions.

    init:     key -> StartState
    step:     (key, state, problems) -> (state, loss); ``problems`` are of one size
    adapt:    (params, problem, key) -> Start
    predict:  (start, problem, descent, steps) -> energies before the first step and after each

    The ground energy is in no input of ``init``, ``step`` and ``adapt`` that they may read: it is
    the referee's.
    """

    init: Callable[[PRNGKeyArray], StartState]
    step: Callable[[PRNGKeyArray, StartState, Landscape], tuple[StartState, Float[Array, ""]]]
    adapt: Callable[[Params, Landscape, PRNGKeyArray], Start]
    predict: Callable[[Start, Landscape, Descent, int], Float[Array, " times"]]


def untrained(
    adapt: Callable[[Params, Landscape, PRNGKeyArray], Start], world: World, params: Params = ()
) -> StartLearner:
    """A learner that takes no steps: what it knows, ``params``, it has from the beginning."""

    def step(
        key: PRNGKeyArray, state: StartState, problems: Landscape
    ) -> tuple[StartState, Float[Array, ""]]:
        del key, problems
        return state, jnp.zeros(())

    return StartLearner(lambda key: StartState(params, ()), step, adapt, predicts(world.energy))


def predicts(energy: Energy) -> Callable[[Start, Landscape, Descent, int], Float[Array, " times"]]:
    """``predict`` of every learner: down the gradient from its start."""
    return lambda start, problem, descent, steps: descend(energy, start, problem, descent, steps)[1]


def at(angles: Float[Array, " angles"], evaluations: float = 0.0) -> Start:
    """A start with the same rate for every angle."""
    return Start(angles, jnp.ones_like(angles), jnp.asarray(evaluations, jnp.float32))
