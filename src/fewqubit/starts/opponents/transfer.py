"""Parameter transfer: the best angles of the training problems."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.starts.contract import Params, StartLearner, StartState, World, at, untrained
from fewqubit.starts.descent import Start, descend
from fewqubit.starts.descriptors import standardise
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import near_ramp
from fewqubit.starts.settings.contest import Descent
from fewqubit.starts.settings.starters import MeanStart, NearestStart, Transfer


def _solved(starter: Transfer, world: World, key: PRNGKeyArray) -> Float[Array, "problems angles"]:
    """The best angles found for each training problem."""
    how = Descent(starter.rate, "adam")

    def solve(problem: Landscape, key: PRNGKeyArray) -> Float[Array, " angles"]:
        def once(key: PRNGKeyArray) -> tuple[Array, Array]:
            start = at(near_ramp(key, world, starter.spread))
            angles, energies = descend(world.energy, start, problem, how, starter.steps)
            return angles[-1], energies[-1]

        angles, energies = jax.vmap(once)(jax.random.split(key, starter.restarts))
        return angles[jnp.argmin(energies)]

    found = []
    for size, problems in enumerate(world.training):
        keys = jax.random.split(stream(key, size), len(problems.unit))
        found.append(jax.vmap(solve)(problems, keys))
    return jnp.concatenate(found)


def mean(starter: MeanStart, world: World) -> StartLearner:
    """The mean or median of the best angles."""
    middle = jnp.mean if starter.of == "mean" else jnp.median

    def init(key: PRNGKeyArray) -> StartState:
        return StartState({"angles": middle(_solved(starter, world, key), axis=0)}, ())

    learner = untrained(lambda params, problem, key: at(params["angles"]), world)
    return learner._replace(init=init)


def nearest(starter: NearestStart, world: World) -> StartLearner:
    """The best angles of the nearest training problem."""
    scaled = standardise(world.training)
    rows = scaled(jnp.concatenate([problems.descriptors for problems in world.training]))

    def init(key: PRNGKeyArray) -> StartState:
        return StartState({"angles": _solved(starter, world, key)}, ())

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del key
        distances = ((rows - scaled(problem.descriptors)) ** 2).sum(-1)
        return at(params["angles"][jnp.argmin(distances)])

    return untrained(adapt, world)._replace(init=init)
