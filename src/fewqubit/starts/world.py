"""Build the World of learners from the training problems."""

from collections.abc import Sequence
from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float
from scipy.ndimage import minimum_filter

from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.contract import World, at
from fewqubit.starts.descent import descend_at
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.ansatze import Ansatz, Shape

FACTORS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4)
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # of E/u
STEPS = 5
VALLEYS = 8


def world(
    ansatz: Ansatz,
    training: Sequence[Landscape],
    electrons: tuple[int, ...] = (),
    degree: int | None = None,
) -> World:
    """The world of ``training`` problems, with the best ramp and rate for them.

    Many landscapes have a shallow valley with a low energy at its start, so the energy of a ramp
    alone misleads. The pair of valley and rate with the lowest E/u after five steps is chosen.
    """
    energy = ansatz.energy(electrons)
    schedule = ansatz.schedule(Shape(training[0].n_qubits, electrons))
    ramps = valleys(energy, schedule, training) if schedule.any() else schedule[:1]
    ends = jnp.stack([_ends(energy, ramps, problems) for problems in training]).mean(0)
    best, rate = divmod(int(jnp.nanargmin(ends)), len(RATES))
    return World(ansatz, energy, ramps[best], RATES[rate], tuple(training), degree)


def valleys(
    energy: Energy, schedule: Float[Array, "2 angles"], training: Sequence[Landscape]
) -> Float[Array, "ramps angles"]:
    """Ramps that are local minima of mean E/u on a grid of both factors, lowest first."""
    grid = jnp.array([*product(FACTORS, FACTORS)])

    @jax.jit
    def means(problems: Landscape) -> Float[Array, " pairs"]:
        def mean(pair: Float[Array, " 2"]) -> Float[Array, ""]:
            energies = jax.vmap(energy, (None, 0))(pair @ schedule, problems)
            return (energies / problems.unit).mean()

        return jax.lax.map(mean, grid)

    found = np.mean([means(problems) for problems in training], axis=0)
    around = minimum_filter(found.reshape(len(FACTORS), -1), size=3, mode="nearest").ravel()
    lowest = sorted(np.flatnonzero(found <= around), key=lambda place: found[place])
    return grid[jnp.array(lowest[:VALLEYS])] @ schedule


def _ends(
    energy: Energy, ramps: Float[Array, "ramps angles"], problems: Landscape
) -> Float[Array, "ramps rates"]:
    """Mean E/u after a few steps of gradient descent from each ramp, at each rate."""

    def end(ramp: Array, rate: Array) -> Float[Array, ""]:
        def of(problem: Landscape) -> Float[Array, ""]:
            descent = descend_at(energy, at(ramp), problem, optax.identity(), rate, STEPS)
            return descent[1][-1] / problem.unit

        return jax.vmap(of)(problems).mean()

    by_rate = jax.vmap(end, (None, 0))
    on_grid = jax.jit(lambda ramps, rates: jax.lax.map(lambda ramp: by_rate(ramp, rates), ramps))
    return on_grid(ramps, jnp.array(RATES))
