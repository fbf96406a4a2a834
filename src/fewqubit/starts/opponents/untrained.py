"""Starts that know nothing of other problems: random ones, zeros, the ramp."""

import math
from typing import Annotated, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray
from pydantic import Field

from fewqubit.starts.contract import Params, Starter, StartLearner, World, at, untrained
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape


class RandomStart(Starter):
    """Angles uniform in (−π, π): the best of ``candidates``, whose energies are measured."""

    random: ClassVar[bool] = True
    measures: ClassVar[bool] = True
    candidates: Annotated[int, Field(ge=1, le=10_000)] = 1
    kind: Literal["random"] = "random"

    def build(self, world: World) -> StartLearner:
        shape = self.candidates, world.n_angles

        def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
            del params
            angles = jax.random.uniform(key, shape, minval=-math.pi, maxval=math.pi)
            if self.candidates == 1:
                return at(angles[0])
            energies = jax.lax.map(lambda one: world.energy(one, problem), angles)
            return at(angles[jnp.argmin(energies)], self.candidates)

        return untrained(adapt, world)


class RampStart(Starter):
    """A linear schedule of annealing, its two factors tuned on the training problems.

    Of an ansatz without a schedule all angles are 0.
    """

    kind: Literal["ramp"] = "ramp"

    def build(self, world: World) -> StartLearner:
        return untrained(lambda params, problem, key: at(world.ramp), world)
