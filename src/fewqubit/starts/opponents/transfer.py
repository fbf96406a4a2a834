"""Parameter transfer: angles that were best for the training problems."""

from typing import Annotated, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import Field, NonNegativeFloat, PositiveFloat

from fewqubit.keys import stream
from fewqubit.starts.contract import Params, Starter, StartLearner, StartState, World, at, untrained
from fewqubit.starts.descent import Descent, Start, Steps, descend
from fewqubit.starts.descriptors import standardise
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import near_ramp


class Transfer(Starter):
    """Every training problem is solved by Adam from ``restarts`` starts around the ramp.

    The best is kept. Descents begin ``spread`` around the ramp, so that angles of two problems are
    not mirror images of each other and can be averaged.
    """

    random: ClassVar[bool] = True
    steps: Steps = 200
    rate: PositiveFloat = 0.03
    restarts: Annotated[int, Field(ge=1, le=100)] = 3
    spread: NonNegativeFloat = 0.05

    def _solved(self, world: World, key: PRNGKeyArray) -> Float[Array, "problems angles"]:
        """The best angles found for each training problem."""
        how = Descent(self.rate, "adam")

        def solve(problem: Landscape, key: PRNGKeyArray) -> Float[Array, " angles"]:
            def once(key: PRNGKeyArray) -> tuple[Array, Array]:
                start = at(near_ramp(key, world, self.spread))
                angles, energies = descend(world.energy, start, problem, how, self.steps)
                return angles[-1], energies[-1]

            angles, energies = jax.vmap(once)(jax.random.split(key, self.restarts))
            return angles[jnp.argmin(energies)]

        found = []
        for size, problems in enumerate(world.training):
            keys = jax.random.split(stream(key, size), len(problems.unit))
            found.append(jax.vmap(solve)(problems, keys))
        return jnp.concatenate(found)


class MeanStart(Transfer):
    """The mean, or the median, of the training problems' best angles."""

    of: Literal["mean", "median"] = "mean"
    kind: Literal["mean"] = "mean"

    def build(self, world: World) -> StartLearner:
        middle = jnp.mean if self.of == "mean" else jnp.median

        def init(key: PRNGKeyArray) -> StartState:
            return StartState({"angles": middle(self._solved(world, key), axis=0)}, ())

        learner = untrained(lambda params, problem, key: at(params["angles"]), world)
        return learner._replace(init=init)


class NearestStart(Transfer):
    """The best angles of the training problem whose standardised descriptors are nearest."""

    kind: Literal["nearest"] = "nearest"

    def build(self, world: World) -> StartLearner:
        scaled = standardise(world.training)
        rows = scaled(jnp.concatenate([problems.descriptors for problems in world.training]))

        def init(key: PRNGKeyArray) -> StartState:
            return StartState({"angles": self._solved(world, key)}, ())

        def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
            del key
            distances = ((rows - scaled(problem.descriptors)) ** 2).sum(-1)
            return at(params["angles"][jnp.argmin(distances)])

        return untrained(adapt, world)._replace(init=init)
