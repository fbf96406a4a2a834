"""Starts that are not learned: random angles and the ramp."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, World, at, untrained
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.starters import RandomStart


def random(starter: RandomStart, world: World) -> StartLearner:
    """The best of ``candidates`` random starts."""
    shape = starter.candidates, world.n_angles

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del params
        angles = jax.random.uniform(key, shape, minval=-math.pi, maxval=math.pi)
        if starter.candidates == 1:
            return at(angles[0])
        energies = jax.lax.map(lambda one: world.energy(one, problem), angles)
        return at(angles[jnp.argmin(energies)], starter.candidates)

    return untrained(adapt, world)


def ramp(world: World) -> StartLearner:
    """The ramp of the world."""
    return untrained(lambda params, problem, key: at(world.ramp), world)
