"""The one signature of every ansatz."""

from collections.abc import Callable
from functools import cache

import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from fewqubit.circuits.parameters import vector
from fewqubit.compiler import compile
from fewqubit.starts.landscape import Landscape, energy_of
from fewqubit.starts.settings.ansatze import Ansatz, Shape
from fewqubit.states.observables import probabilities

State = Callable[[Float[Array, " angles"], Landscape], Complex[Array, " 2**n"]]
Energy = Callable[[Float[Array, " angles"], Landscape], Float[Array, ""]]


def no_schedule(ansatz: Ansatz, shape: Shape) -> Float[Array, "2 angles"]:
    """The angles that rise and those that fall during annealing; zeros where there are none.

    A ramp is a linear combination of both (``World.ramp``).
    """
    return jnp.zeros((2, len(vector(ansatz.build(shape), "θ"))))


@cache
def energy(ansatz: Ansatz, electrons: tuple[int, ...]) -> Energy:
    """The energy of an ansatz; cached, so that programs that use it are compiled once."""

    def of_problem(theta: Float[Array, " angles"], problem: Landscape) -> Float[Array, ""]:
        state = ansatz.state(Shape(problem.n_qubits, electrons))
        return energy_of(state(theta, problem), problem)

    return of_problem


@cache
def success(ansatz: Ansatz) -> Energy:
    def of_problem(theta: Float[Array, " angles"], problem: Landscape) -> Float[Array, ""]:
        if problem.flips:
            return jnp.full((), jnp.nan)
        state = ansatz.state(Shape(problem.n_qubits))(theta, problem)
        least = problem.diagonal <= problem.ground + 1e-4 * problem.scale
        return probabilities(state) @ least.astype(jnp.float32)

    return of_problem


@cache
def compiled(ansatz: Ansatz, shape: Shape) -> State:
    """The state of the circuit for problems of one shape."""
    circuit = ansatz.build(shape)
    made = compile(circuit, (), vector(circuit, "θ"))
    return lambda theta, problem: made(jnp.zeros(0), theta)
