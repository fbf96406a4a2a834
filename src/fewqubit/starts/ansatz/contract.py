"""The one signature of every ansatz."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Complex, Float
from pydantic import Field
from qiskit import QuantumCircuit

from fewqubit.base.values import Value
from fewqubit.circuits.parameters import vector
from fewqubit.compiler import compile
from fewqubit.starts.landscape import Landscape, energy_of
from fewqubit.starts.problem import Problem
from fewqubit.states.observables import probabilities

Depth = Annotated[int, Field(ge=1, le=64)]
State = Callable[[Float[Array, " angles"], Landscape], Complex[Array, " 2**n"]]
Energy = Callable[[Float[Array, " angles"], Landscape], Float[Array, ""]]


class Shape(NamedTuple):
    """What a circuit is made for: qubits, and those that hold an electron in the reference."""

    n_qubits: int
    electrons: tuple[int, ...] = ()


class Ansatz(Value):
    """A circuit of angles, for problems of every size that it takes.

    transfers:  its angles mean the same on problems of other sizes
    """

    transfers: ClassVar[bool] = True
    depth: Depth = 3
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def circuit(self, problem: Problem) -> QuantumCircuit:
        """The circuit for ``problem``, of the ParameterVector "θ". Raises CircuitError."""
        return self.build(Shape(problem.n_qubits, problem.electrons))

    def build(self, shape: Shape) -> QuantumCircuit:
        """The circuit, where it depends on the problem's size alone. Raises CircuitError."""
        raise NotImplementedError

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """The angles that rise and those that fall while one anneals; zeros where none do.

        A ramp is a sum of both, each by a factor of its own (``World.ramp``).
        """
        return jnp.zeros((2, len(vector(self.build(shape), "θ"))))

    def state(self, shape: Shape) -> State:
        """(θ, problem) -> the state of its circuit."""
        return _compiled(self, shape)

    def energy(self, electrons: tuple[int, ...] = ()) -> Energy:
        """(θ, problem) -> E, for problems of every size."""
        return _energy(self, electrons)

    def success(self) -> Energy:
        """(θ, problem) -> the probability that a measurement gives a state of least energy.

        Energies within 10⁻⁴ of an error's scale count as the least. NaN where H is not diagonal.
        """
        return _success(self)


@cache
def _energy(ansatz: Ansatz, electrons: tuple[int, ...]) -> Energy:
    """One function for one ansatz, so that what is compiled of it is compiled once."""

    def energy(theta: Float[Array, " angles"], problem: Landscape) -> Float[Array, ""]:
        state = ansatz.state(Shape(problem.n_qubits, electrons))
        return energy_of(state(theta, problem), problem)

    return energy


@cache
def _success(ansatz: Ansatz) -> Energy:
    def success(theta: Float[Array, " angles"], problem: Landscape) -> Float[Array, ""]:
        if problem.flips:
            return jnp.full((), jnp.nan)
        state = ansatz.state(Shape(problem.n_qubits))(theta, problem)
        least = problem.diagonal <= problem.ground + 1e-4 * problem.scale
        return probabilities(state) @ least.astype(jnp.float32)

    return success


@cache
def _compiled(ansatz: Ansatz, shape: Shape) -> State:
    circuit = ansatz.build(shape)
    compiled = compile(circuit, (), vector(circuit, "θ"))
    return lambda theta, problem: compiled(jnp.zeros(0), theta)
