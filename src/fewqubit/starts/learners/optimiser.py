"""A recurrent network that proposes angles from measured energies."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.starts.contract import Params, StartLearner, World, at
from fewqubit.starts.descent import Start
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.learners.outer import near_ramp, outer_learner
from fewqubit.starts.settings.starters import LstmStart


def build(starter: LstmStart, world: World) -> StartLearner:
    """The recurrent network; its best proposal is the start."""
    width, n_in = starter.width, world.n_angles + 1

    def init_params(key: PRNGKeyArray) -> Params:
        key_angles, key_cell = jax.random.split(key)
        n_rows = n_in + width
        return {
            "angles": near_ramp(key_angles, world, starter.spread),
            "cell": jax.random.normal(key_cell, (n_rows, 4 * width)) / jnp.sqrt(n_rows),
            "bias": jnp.zeros(4 * width),
            "out": jnp.zeros((width, world.n_angles)),
        }

    def proposed(params: Params, problem: Landscape) -> tuple[Array, Array]:
        """Proposed angles, including the first, and their E/u."""

        def one(
            carry: tuple[Array, Array, Array], _: None
        ) -> tuple[tuple[Array, Array, Array], tuple[Array, Array]]:
            theta, hidden, cell = carry
            value = world.energy(theta, problem) / problem.unit
            inputs = jnp.concatenate([value[None], theta - params["angles"]])
            hidden, cell = lstm(params, inputs, hidden, cell)
            return (theta + hidden @ params["out"], hidden, cell), (theta, value)

        begin = params["angles"], jnp.zeros(width), jnp.zeros(width)
        _, found = jax.lax.scan(one, begin, length=starter.proposals + 1)
        return found

    def adapt(params: Params, problem: Landscape, key: PRNGKeyArray) -> Start:
        del key
        angles, values = proposed(params, problem)
        return at(angles[jnp.argmin(values)], starter.proposals + 1.0)

    def loss(params: Params, problem: Landscape, key: PRNGKeyArray) -> Float[Array, ""]:
        del key
        return proposed(params, problem)[1].mean()

    return outer_learner(world, starter.training, init_params, loss, adapt)


def lstm(
    params: Params,
    inputs: Float[Array, " inputs"],
    hidden: Float[Array, " w"],
    cell: Float[Array, " w"],
) -> tuple[Float[Array, " w"], Float[Array, " w"]]:
    """One step of a long short-term memory (Hochreiter & Schmidhuber 1997, with a forget gate)."""
    gates = jnp.concatenate([inputs, hidden]) @ params["cell"] + params["bias"]
    enter, forget, leave, new = jnp.split(gates, 4)
    cell = jax.nn.sigmoid(forget + 1) * cell + jax.nn.sigmoid(enter) * jnp.tanh(new)
    return jax.nn.sigmoid(leave) * jnp.tanh(cell), cell
