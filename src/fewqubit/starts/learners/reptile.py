"""Reptile: the start moves towards the end points of descents from it."""

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, StartState, World, at, predicts
from fewqubit.starts.descent import Start, descend
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import beginning
from fewqubit.starts.settings.contest import Descent
from fewqubit.starts.settings.starters import ReptileStart


def build(starter: ReptileStart, world: World) -> StartLearner:
    """One start, moved along the mean displacement of descents from it."""
    optimizer = starter.training.optimizer()
    inner = Descent(starter.inner_rate or world.rate)

    def init(key: PRNGKeyArray) -> StartState:
        params = {"angles": beginning(key, world, starter)}
        return StartState(params, optimizer.init(params))

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del problem, key
        return at(params["angles"])

    def step(
        key: PRNGKeyArray, state: StartState, problems: Landscape
    ) -> tuple[StartState, Float[Array, ""]]:
        del key
        start = at(state.params["angles"])

        def displacement(problem: Landscape) -> tuple[Array, Array]:
            angles, energies = descend(world.energy, start, problem, inner, starter.inner_steps)
            return start.angles - angles[-1], energies[-1] / problem.unit

        away, losses = jax.vmap(displacement)(problems)
        updates, optimizer_state = optimizer.update(
            {"angles": jnp.mean(away, 0)}, state.optimizer_state
        )
        return StartState(
            optax.apply_updates(state.params, updates), optimizer_state
        ), losses.mean()

    return StartLearner(init, step, adapt, predicts(world.energy))
