"""A circuit without its entanglers: only its one-qubit gates."""

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction, ControlledGate
from qiskit.circuit.library import get_standard_gate_name_mapping

_STANDARD = frozenset(get_standard_gate_name_mapping())


def without_entanglers(circuit: QuantumCircuit) -> QuantumCircuit:
    """Only the one-qubit gates of ``circuit``, whose state is a product of one-qubit states.

    A gate of several qubits that is not an entangler itself but made of smaller gates, such as a
    feature map turned into one instruction, is opened, and its own one-qubit gates are kept.
    """
    kept = circuit.copy_empty_like()
    for instruction in circuit.data:
        gate = instruction.operation
        if len(instruction.qubits) == 1:
            kept.append(instruction)
        elif not _is_entangler(instruction):
            kept.compose(without_entanglers(gate.definition), instruction.qubits, inplace=True)
    return kept


def has_entanglers(circuit: QuantumCircuit) -> bool:
    """Whether ``without_entanglers`` leaves something out that acts on the state."""
    return any(
        has_entanglers(instruction.operation.definition)
        if not _is_entangler(instruction)
        else instruction.operation.name != "barrier"
        for instruction in circuit.data
        if len(instruction.qubits) > 1
    )


def _is_entangler(instruction: CircuitInstruction) -> bool:
    """Gates that Qiskit names, anything under a control, and what has no parts to look into."""
    gate = instruction.operation
    return (
        gate.name in _STANDARD
        or isinstance(gate, ControlledGate)
        or getattr(gate, "definition", None) is None
    )
