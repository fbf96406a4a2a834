"""QuantumCircuit -> Program: the one place that knows what Qiskit's instructions mean."""

from collections.abc import Mapping, Sequence

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    Barrier,
    ControlFlowOp,
    ControlledGate,
    ControlModifier,
    Delay,
    InverseModifier,
    Measure,
    Parameter,
    ParameterExpression,
    PowerModifier,
    Reset,
)
from qiskit.circuit import Operation as Instruction
from qiskit.circuit.library import CUGate, HamiltonianGate, PauliEvolutionGate, UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Operator

from fewqubit.circuits.bounds import MAX_QUBITS
from fewqubit.circuits.from_zero import without_resets
from fewqubit.compiler.parse import expressions
from fewqubit.compiler.parse.evolution import lower_evolution
from fewqubit.compiler.parse.gates import ROTATIONS
from fewqubit.compiler.parse.program import (
    Operation,
    Program,
    Rotation,
    Unitary,
    controlled,
    inverse,
    moved,
)
from fewqubit.errors import CircuitError

Positions = Mapping[Parameter, int]

_NOT_UNITARY = 1e-5  # what matrices of single precision stay below
_MAX_OPERATIONS = 200_000
_DENSE_QUBITS = 4  # a constant gate up to this size is kept as one matrix


def parse(
    circuit: QuantumCircuit, inputs: Sequence[Parameter], weights: Sequence[Parameter]
) -> Program:
    """Read a unitary circuit whose free parameters are ``inputs`` (x) and ``weights`` (θ).

    Raises ``CircuitError``, naming the instruction, for measurement, reset of a qubit that was
    touched before, control flow, a matrix that is not unitary, an angle that is not finite, a free
    parameter that is neither input nor weight, and too many qubits.
    """
    if circuit.num_qubits > MAX_QUBITS:
        raise CircuitError(
            f"circuit '{circuit.name}' has {circuit.num_qubits} qubits, a state vector of "
            f"2**{circuit.num_qubits} amplitudes; at most {MAX_QUBITS} fit"
        )
    parameters = [*inputs, *weights]
    positions = {parameter: position for position, parameter in enumerate(parameters)}
    if len(positions) < len(parameters):
        twice = sorted({p.name for p in parameters if parameters.count(p) > 1})
        raise CircuitError(f"parameters {twice} are listed twice among inputs and weights")
    operations = _lower_circuit(without_resets(circuit), positions)
    return Program(circuit.num_qubits, len(inputs), len(weights), tuple(operations))


def _lower_circuit(circuit: QuantumCircuit, positions: Positions) -> list[Operation]:
    """All instructions of ``circuit``, then its global phase."""
    operations: list[Operation] = []
    for number in range(len(circuit.data)):
        operations += lower(circuit, number, positions)
    phase = expressions.read(circuit.global_phase, positions)
    if phase != expressions.Affine(0.0):
        operations.append(Rotation(expressions.scale(phase, -2.0), "", ()))
    return operations


def lower(circuit: QuantumCircuit, number: int, positions: Positions) -> list[Operation]:
    """Instruction ``number`` of ``circuit``; ``CircuitError`` names it."""
    instruction = circuit.data[number]
    qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
    try:
        return moved(_lower(instruction.operation, positions), qubits)
    except CircuitError as error:
        place = f"instruction {number} ('{instruction.operation.name}' on qubits {qubits})"
        raise CircuitError(f"{place} of circuit '{circuit.name}': {error}") from None


def _lower(gate: Instruction, positions: Positions) -> list[Operation]:
    """One instruction on its own qubits 0..k-1."""
    if isinstance(gate, (Barrier, Delay)):
        return []
    if isinstance(gate, Reset):
        raise CircuitError(
            "only unitary instructions have a state; a reset is understood before anything else "
            "touches its qubit"
        )
    if isinstance(gate, (Measure, ControlFlowOp)):
        raise CircuitError(
            "only unitary instructions have a state; remove it, for a final measurement with "
            "circuit.remove_final_measurements()"
        )
    if isinstance(gate, UnitaryGate):
        return [_unitary(gate.params[0], gate.num_qubits)]
    if isinstance(gate, AnnotatedOperation) and not _is_small(gate):
        return _lower_annotated(gate, positions)
    if _is_plain_control(gate):
        controls = tuple((q, gate.ctrl_state >> q & 1) for q in range(gate.num_ctrl_qubits))
        base = moved(
            _lower(gate.base_gate, positions), range(gate.num_ctrl_qubits, gate.num_qubits)
        )
        return controlled(base, controls)
    if isinstance(gate, (PauliEvolutionGate, HamiltonianGate)) and not _is_small(gate):
        return lower_evolution(gate, positions)
    if getattr(gate, "base_class", None) in ROTATIONS:
        return ROTATIONS[gate.base_class]([expressions.read(p, positions) for p in gate.params])
    return _lower_by_matrix_or_definition(gate, positions)


def _is_plain_control(gate: Instruction) -> bool:
    """Whether the gate is its base gate under controls, with no phase and no ancilla of its own."""
    return (
        isinstance(gate, ControlledGate)
        and not isinstance(gate, CUGate)
        and gate.num_qubits == gate.num_ctrl_qubits + gate.base_gate.num_qubits
    )


def _lower_by_matrix_or_definition(gate: Instruction, positions: Positions) -> list[Operation]:
    """A small constant gate by its matrix, any other by its definition."""
    definition = _definition(gate)
    if definition is not None and not _is_small(gate):
        return _lower_circuit(definition, positions)
    if gate.num_clbits or is_free(gate):
        raise CircuitError("it has no unitary definition; give the gate a definition")
    try:
        matrix = Operator(gate).data
    except (QiskitError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise CircuitError(f"it has no matrix ({reason})") from None
    return [_unitary(matrix, gate.num_qubits)]


def _unitary(matrix: np.ndarray, n_qubits: int) -> Unitary:
    """A constant gate on its own qubits; a matrix that is not unitary has no state of norm 1."""
    matrix = np.asarray(matrix)
    off = np.abs(matrix.conj().T @ matrix - np.eye(len(matrix))).max()
    if not off < _NOT_UNITARY:  # NaN is not below anything
        raise CircuitError(f"its matrix is not unitary: U†U differs from 1 by {off:.2g}")
    return Unitary(matrix, tuple(range(n_qubits)))


def _definition(gate: Instruction) -> QuantumCircuit | None:
    """The gate's definition; some of Qiskit's gates have none while a parameter is free."""
    try:
        return getattr(gate, "definition", None)
    except (QiskitError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise CircuitError(f"it has no definition ({reason}); bind its parameters") from None


def _is_small(gate: Instruction) -> bool:
    """Whether the gate is kept as one constant matrix."""
    return gate.num_qubits <= _DENSE_QUBITS and not is_free(gate)


def is_free(gate: Instruction) -> bool:
    """Whether a gate has a parameter that is not bound."""
    parameters = getattr(gate, "params", ())
    return any(isinstance(p, ParameterExpression) and p.parameters for p in parameters)


def _lower_annotated(gate: AnnotatedOperation, positions: Positions) -> list[Operation]:
    """A base operation under inverse, control and integer power, in their order."""
    operations, size = _lower(gate.base_op, positions), gate.base_op.num_qubits
    for modifier in gate.modifiers:
        match modifier:
            case InverseModifier():
                operations = inverse(operations)
            case PowerModifier(power=power) if float(power).is_integer():
                once = operations if power >= 0 else inverse(operations)
                if abs(power) * len(once) > _MAX_OPERATIONS:
                    raise CircuitError(f"power {power:g} of it is too many operations")
                operations = once * abs(int(power))
            case ControlModifier(num_ctrl_qubits=count, ctrl_state=state):
                controls = tuple((q, state >> q & 1) for q in range(count))
                operations = controlled(moved(operations, range(count, count + size)), controls)
                size += count
            case _:
                raise CircuitError(f"modifier {modifier} is not supported; use an integer power")
    return operations
