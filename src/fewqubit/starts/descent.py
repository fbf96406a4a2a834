"""Gradient descent from a start, and the number of circuits that it needs on a device."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Bool, Float

from fewqubit.backends.gradients import count_shifted
from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Descent


class Start(NamedTuple):
    """Where a descent begins.

    angles:       θ_0
    rates:        rate of each angle, as a multiple of the descent's rate
    evaluations:  energies measured to choose the start
    """

    angles: Float[Array, " angles"]
    rates: Float[Array, " angles"]
    evaluations: Float[Array, ""]


def optimizer(descent: Descent) -> optax.GradientTransformation:
    """The direction only; the rate is applied later, to each angle."""
    return optax.scale_by_adam() if descent.rule == "adam" else optax.identity()


def either(adam: Bool[Array, ""]) -> optax.GradientTransformation:
    """Adam where ``adam``, else the plain gradient: both rules in one compiled program."""
    rule = optax.scale_by_adam()

    def update(
        gradient: optax.Updates, state: optax.OptState, params: optax.Params | None = None
    ) -> tuple[optax.Updates, optax.OptState]:
        direction, state = rule.update(gradient, state, params)
        pick = partial(jnp.where, adam)
        return jax.tree.map(pick, direction, gradient), state

    return optax.GradientTransformation(rule.init, update)


def descend(
    energy: Energy, start: Start, problem: Landscape, descent: Descent, steps: int
) -> tuple[Float[Array, "times angles"], Float[Array, " times"]]:
    """Angles and energies before the first step and after each step."""
    return descend_at(energy, start, problem, descent.optimizer(), descent.rate, steps)


def descend_at(
    energy: Energy,
    start: Start,
    problem: Landscape,
    optimizer: optax.GradientTransformation,
    rate: float | Float[Array, ""],
    steps: int,
) -> tuple[Float[Array, "times angles"], Float[Array, " times"]]:
    """``descend`` with a rate that may be traced, so that vmap can run several rates."""
    value_and_gradient = jax.value_and_grad(lambda theta: energy(theta, problem) / problem.unit)

    def one(
        carry: tuple[Array, optax.OptState], _: None
    ) -> tuple[tuple[Array, optax.OptState], tuple[Array, Array]]:
        theta, state = carry
        value, gradient = value_and_gradient(theta)
        direction, state = optimizer.update(gradient, state)
        return (theta - rate * start.rates * direction, state), (theta, value)

    (last, _), (angles, values) = jax.lax.scan(
        one, (start.angles, optimizer.init(start.angles)), length=steps
    )
    final = energy(last, problem)
    return jnp.vstack([angles, last]), jnp.append(values * problem.unit, final)


class Costs(NamedTuple):
    """Circuits that a device runs for one problem: for an energy, and for a gradient."""

    energy: int
    gradient: int

    def after(
        self, steps: Float[np.ndarray, "..."], evaluations: float
    ) -> Float[np.ndarray, "..."]:
        """Circuits for ``steps`` steps, including the energy at the end."""
        return self.energy * (evaluations + steps + 1) + self.gradient * steps


def costs(ansatz: Ansatz, problem: Problem) -> Costs:
    """Costs by the parameter-shift rule: two circuits per rotation, in every basis of H."""
    bases = len(problem.operator.group_commuting(qubit_wise=True))
    return Costs(bases, bases * count_shifted(ansatz.circuit(problem)).weights)
