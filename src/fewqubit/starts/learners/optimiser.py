"""A recurrent network that proposes angles from the energies it is told."""

from typing import Annotated, ClassVar, Literal

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray
from pydantic import Field, NonNegativeFloat

from fewqubit.base.values import Width
from fewqubit.starts.contract import Params, Starter, StartLearner, World, at
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import near_ramp, outer_learner
from fewqubit.starts.training import StartTraining


class LstmStart(Starter):
    """(θ_{t+1} − θ_t, h, c) = LSTM(E(θ_t)/u, θ_t − θ_0; h, c) for ``proposals`` steps.

    Verdon et al. 2019, arXiv 1907.05415, with the change of the angles in place of the angles, and
    the mean of the energies for the loss. Each proposal costs an energy, no gradient; the
    start is the best of them, and one is measured more than proposed.
    """

    learned: ClassVar[bool] = True
    random: ClassVar[bool] = True
    measures: ClassVar[bool] = True
    proposals: Annotated[int, Field(ge=1, le=100)] = 5
    width: Width = 16
    spread: NonNegativeFloat = 0.05
    training: StartTraining = StartTraining()
    kind: Literal["lstm"] = "lstm"

    def start_training(self) -> StartTraining:
        return self.training

    def build(self, world: World) -> StartLearner:
        width, n_in = self.width, world.n_angles + 1

        def init_params(key: PRNGKeyArray) -> Params:
            key_angles, key_cell = jax.random.split(key)
            n_rows = n_in + width
            return {
                "angles": near_ramp(key_angles, world, self.spread),
                "cell": jax.random.normal(key_cell, (n_rows, 4 * width)) / jnp.sqrt(n_rows),
                "bias": jnp.zeros(4 * width),
                "out": jnp.zeros((width, world.n_angles)),
            }

        def way(params: Params, problem: Landscape) -> tuple[Array, Array]:
            """Angles proposed, the first included, and their E/u."""

            def one(
                carry: tuple[Array, Array, Array], _: None
            ) -> tuple[tuple[Array, Array, Array], tuple[Array, Array]]:
                theta, hidden, cell = carry
                value = world.energy(theta, problem) / problem.unit
                told = jnp.concatenate([value[None], theta - params["angles"]])
                hidden, cell = lstm(params, told, hidden, cell)
                return (theta + hidden @ params["out"], hidden, cell), (theta, value)

            begin = params["angles"], jnp.zeros(width), jnp.zeros(width)
            _, found = jax.lax.scan(one, begin, length=self.proposals + 1)
            return found

        def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
            del key
            angles, values = way(params, problem)
            return at(angles[jnp.argmin(values)], self.proposals + 1.0)

        def loss(params: Params, problem: Landscape, key: PRNGKeyArray) -> Float[Array, ""]:
            del key
            return way(params, problem)[1].mean()

        return outer_learner(world, self.training, init_params, loss, adapt)


def lstm(
    params: Params,
    told: Float[Array, " inputs"],
    hidden: Float[Array, " w"],
    cell: Float[Array, " w"],
) -> tuple[Float[Array, " w"], Float[Array, " w"]]:
    """One step of a long short-term memory (Hochreiter & Schmidhuber 1997, with a forget gate)."""
    gates = jnp.concatenate([told, hidden]) @ params["cell"] + params["bias"]
    enter, forget, leave, new = jnp.split(gates, 4)
    cell = jax.nn.sigmoid(forget + 1) * cell + jax.nn.sigmoid(enter) * jnp.tanh(new)
    return jax.nn.sigmoid(leave) * jnp.tanh(cell), cell
