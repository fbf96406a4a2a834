"""The common signature of all methods that propose a start, learned or not."""

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
    """State of training: the learned parameters and the state of the optimizer."""

    params: Params
    optimizer_state: Any


class World(NamedTuple):
    """The setting that a learner of starts is built for.

    energy:    (θ, problem) -> E, for problems of every size
    ramp:      the ansatz's schedule, with its two factors tuned on the training problems
    rate:      the rate of gradient descent that lowers E/u most in five steps from the ramp
    training:  the training problems, a batch for each size
    degree:    degree of the graphs if all are regular with the same degree; else None
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
    """A learner of starts, as four pure functions.

    init:     key -> StartState
    step:     (key, state, problems) -> (state, loss); ``problems`` are of one size
    adapt:    (params, problem, key) -> Start
    predict:  (start, problem, descent, steps) -> energies before the first step and after each

    ``init``, ``step`` and ``adapt`` must not read the ground energy: it only serves evaluation.
    """

    init: Callable[[PRNGKeyArray], StartState]
    step: Callable[[PRNGKeyArray, StartState, Landscape], tuple[StartState, Float[Array, ""]]]
    adapt: Callable[[Params, Landscape, PRNGKeyArray], Start]
    predict: Callable[[Start, Landscape, Descent, int], Float[Array, " times"]]


def untrained(
    adapt: Callable[[Params, Landscape, PRNGKeyArray], Start], world: World, params: Params = ()
) -> StartLearner:
    """A learner without training: ``params`` are fixed from the beginning."""

    def step(
        key: PRNGKeyArray, state: StartState, problems: Landscape
    ) -> tuple[StartState, Float[Array, ""]]:
        del key, problems
        return state, jnp.zeros(())

    return StartLearner(lambda key: StartState(params, ()), step, adapt, predicts(world.energy))


def predicts(energy: Energy) -> Callable[[Start, Landscape, Descent, int], Float[Array, " times"]]:
    """``predict`` of every learner: gradient descent from its start."""
    return lambda start, problem, descent, steps: descend(energy, start, problem, descent, steps)[1]


def at(angles: Float[Array, " angles"], evaluations: float = 0.0) -> Start:
    """A start with the same rate for every angle."""
    return Start(angles, jnp.ones_like(angles), jnp.asarray(evaluations, jnp.float32))
