"""A circuit with a separate input for every rotation, and those angles as functions of (x, θ).

    U(x, θ) = V(a(x, θ)),      V: one angle a_r for each rotation exp(-i a_r/2 P_r)

A shift rule holds for one rotation at a time. Parameters that occur several times, and expressions
of them, are handled by the chain rule on a(x, θ), which JAX computes.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, Gate, Parameter, ParameterVector
from qiskit.circuit.library import (
    PauliEvolutionGate,
    PhaseGate,
    RXGate,
    RXXGate,
    RYGate,
    RYYGate,
    RZGate,
    RZXGate,
    RZZGate,
    UnitaryGate,
    XGate,
)
from qiskit.quantum_info import SparsePauliOp

from fewqubit.circuits.from_zero import without_resets
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.parse.angles import Columns, Values, apply_matrix, emit_values
from fewqubit.compiler.parse.expressions import Affine
from fewqubit.compiler.parse.instructions import Positions, is_free, lower
from fewqubit.compiler.parse.program import Control, Operation, Rotation, Unitary

Slopes = Literal["both", "inputs", "weights"]  # by which a derivative is wanted
Angles = Callable[[Float[Array, " inputs"], Float[Array, " weights"]], Float[Array, " turns"]]

_TURNS = {
    **{"X": RXGate, "Y": RYGate, "Z": RZGate},
    **{"XX": RXXGate, "YY": RYYGate, "ZZ": RZZGate, "ZX": RZXGate},
}


class Occurrences(NamedTuple):
    """A circuit taken apart into single rotations.

    circuit:      V, of the vector "x" with one angle for each rotation
    angles:       (x, θ) -> a, [rotations]
    frequencies:  for each rotation, those of an expectation as a function of its angle
    parameters:   for each rotation, the indices in (x, θ) that its angle depends on
    n_inputs:     how many of them are x
    """

    circuit: QuantumCircuit
    angles: Angles
    frequencies: tuple[tuple[float, ...], ...]
    parameters: tuple[frozenset[int], ...]
    n_inputs: int

    def moved_by(self, wanted: Slopes) -> list[bool]:
        """For each rotation, whether its angle depends on x, on θ, or on either."""
        of_inputs = [min(places) < self.n_inputs for places in self.parameters]
        of_weights = [max(places) >= self.n_inputs for places in self.parameters]
        known = {"inputs": of_inputs, "weights": of_weights}
        return known.get(wanted, [True] * len(self.parameters))


def occurrences(circuit: QuantumCircuit) -> Occurrences:
    """Split a circuit of the vectors "x" and "θ" into rotations; constant instructions are kept.

    Raises ``CircuitError`` for a gate without a unitary definition, as ``compile`` does.
    """
    return occurrences_of(circuit, vector(circuit, "x"), vector(circuit, "θ"))


def occurrences_of(
    circuit: QuantumCircuit, inputs: Sequence[Parameter], weights: Sequence[Parameter]
) -> Occurrences:
    """``occurrences`` of a circuit whose inputs x and weights θ are listed."""
    circuit = without_resets(circuit)
    positions = {parameter: number for number, parameter in enumerate([*inputs, *weights])}
    pieces = list(_pieces(circuit, positions))
    turns = [piece for piece in pieces if isinstance(piece, Rotation) and piece.angle.terms]
    angles = iter(ParameterVector("x", len(turns)))
    apart = circuit.copy_empty_like()
    apart.global_phase = 0.0  # no expectation knows it
    for piece in pieces:
        match piece:
            case Rotation(angle=angle):
                _append_rotation(apart, piece, next(angles) if angle.terms else angle.constant)
            case Unitary():
                _append(apart, _constant(piece.matrix), piece.qubits, piece.controls)
            case _:
                apart.append(piece)
    functions = _emit_angles([turn.angle for turn in turns], len(inputs), len(weights))
    frequencies = tuple(_frequencies(turn) for turn in turns)
    places = tuple(_places(turn.angle) for turn in turns)
    return Occurrences(apart, functions, frequencies, places, len(inputs))


def _pieces(
    circuit: QuantumCircuit, positions: Positions
) -> Iterator[CircuitInstruction | Operation]:
    """Instructions without parameters; of the others, what they are made of."""
    for number, instruction in enumerate(circuit.data):
        if is_free(instruction.operation):
            made_of = lower(circuit, number, positions)
            yield from (part for part in made_of if not _is_global_phase(part))
        else:
            yield instruction


def _is_global_phase(operation: Operation) -> bool:
    if not isinstance(operation, Rotation) or operation.controls:
        return False
    return not set(operation.pauli) - {"I"}


def _append_rotation(circuit: QuantumCircuit, rotation: Rotation, angle: Parameter | float) -> None:
    """exp(-i angle/2 P) where the controls have their bits."""
    letters = [(q, p) for q, p in zip(rotation.qubits, rotation.pauli, strict=True) if p != "I"]
    if letters:
        pauli = "".join(letter for _, letter in letters)
        _append(circuit, _turn(pauli, angle), [q for q, _ in letters], rotation.controls)
        return
    (qubit, bit), *others = rotation.controls  # a phase where all controls have their bits
    for gate in [*[XGate()] * (not bit), PhaseGate(-angle / 2), *[XGate()] * (not bit)]:
        _append(circuit, gate, [qubit], tuple(others) if isinstance(gate, PhaseGate) else ())


def _turn(pauli: str, angle: Parameter | float) -> Gate:
    """exp(-i angle/2 P), the first letter on the first qubit."""
    if pauli in _TURNS:
        return _TURNS[pauli](angle)
    return PauliEvolutionGate(SparsePauliOp(pauli[::-1]), angle / 2)


def _constant(matrix: np.ndarray) -> Gate:
    """X by its name, for which transpilers know controlled versions."""
    return XGate() if np.array_equal(matrix, XGate().to_matrix()) else UnitaryGate(matrix)


def _append(
    circuit: QuantumCircuit, gate: Gate, qubits: Sequence[int], controls: tuple[Control, ...]
) -> None:
    if controls:
        state = sum(bit << number for number, (_, bit) in enumerate(controls))
        gate = gate.control(len(controls), ctrl_state=state, annotated=len(controls) > 1)
    circuit.append(gate, [*(qubit for qubit, _ in controls), *qubits])


def _frequencies(turn: Rotation) -> tuple[float, ...]:
    """Differences of the eigenvalues of the generator: ±1/2, with controls 0 as well."""
    is_phase = not set(turn.pauli) - {"I"}
    if not turn.controls:
        return (1.0,)
    return (0.5,) if is_phase else (0.5, 1.0)


def _places(angle: Affine) -> frozenset[int]:
    """What an angle depends on, through functions too."""
    places: set[int] = set()
    for atom, _ in angle.terms:
        if isinstance(atom, int):
            places.add(atom)
        else:
            places.update(*map(_places, atom.arguments))
    return frozenset(places)


def _emit_angles(turns: Sequence[Affine], n_inputs: int, n_weights: int) -> Angles:
    """(x, θ) -> the angles of all rotations, single precision."""
    columns = Columns(n_inputs, n_weights)
    values = emit_values(turns, columns, jnp.float32)
    matrix = columns.matrix(turns, jnp.float32)
    return lambda x, theta: apply_matrix(matrix, values(Values(x, theta)))
