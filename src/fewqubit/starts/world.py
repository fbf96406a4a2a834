"""What a learner of starts is built for, made from the training problems."""

from collections.abc import Sequence
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from fewqubit.starts.ansatz.contract import Ansatz, Energy, Shape
from fewqubit.starts.contract import World, at
from fewqubit.starts.descent import descend_at
from fewqubit.starts.landscape import Landscape

FACTORS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4)
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # of E/u
STEPS = 5


def world(
    ansatz: Ansatz,
    training: Sequence[Landscape],
    electrons: tuple[int, ...] = (),
    degree: int | None = None,
) -> World:
    """The world of ``training`` problems: the ramp and the rate that suit them best."""
    energy = ansatz.energy(electrons)
    schedule = ansatz.schedule(Shape(training[0].n_qubits, electrons))
    ramp = best_ramp(energy, schedule, training) if schedule.any() else schedule[0]
    rate = best_rate(energy, ramp, training[0])
    return World(ansatz, energy, ramp, rate, tuple(training), degree)


def best_ramp(
    energy: Energy, schedule: Float[Array, "2 angles"], training: Sequence[Landscape]
) -> Float[Array, " angles"]:
    """The two factors of the schedule with the least mean of E/u, on a grid."""
    grid = jnp.array([*product(FACTORS, FACTORS)])

    @jax.jit
    def means(problems: Landscape) -> Float[Array, " pairs"]:
        def mean(pair: Float[Array, " 2"]) -> Float[Array, ""]:
            energies = jax.vmap(energy, (None, 0))(pair @ schedule, problems)
            return (energies / problems.unit).mean()

        return jax.lax.map(mean, grid)

    best = jnp.argmin(jnp.stack([means(problems) for problems in training]).mean(0))
    return grid[best] @ schedule


def best_rate(energy: Energy, ramp: Float[Array, " angles"], problems: Landscape) -> float:
    """Of a few rates, the one that lowers E/u most within five steps from the ramp."""

    @jax.jit
    @jax.vmap
    def reached(rate: Float[Array, ""]) -> Float[Array, ""]:
        def of(problem: Landscape) -> Float[Array, ""]:
            way = descend_at(energy, at(ramp), problem, optax.identity(), rate, STEPS)
            return way[1][-1] / problem.unit

        return jax.vmap(of)(problems).mean()

    return RATES[int(np.argmin(reached(jnp.array(RATES))))]
