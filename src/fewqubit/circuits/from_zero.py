"""A circuit starts in |0…0⟩: a reset of a qubit that no gate has acted on does nothing.

So ``QuantumCircuit.initialize`` at the start is a state preparation, which is unitary. The parser
and the inverses on devices come after this and know no reset.
"""

from collections.abc import Sequence

from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Gate, Instruction, Reset
from qiskit.exceptions import QiskitError


def without_resets(circuit: QuantumCircuit) -> QuantumCircuit:
    """``circuit`` without resets of untouched qubits; the circuit itself where there is none.

    Instructions that contain resets are replaced by their definitions. A reset of a qubit that was
    touched before stays, for the parser to name.
    """
    if not any(_resets(instruction.operation) for instruction in circuit.data):
        return circuit
    unitary = circuit.copy_empty_like()
    _append(unitary, circuit, range(circuit.num_qubits), set(range(circuit.num_qubits)))
    return unitary


def _append(
    target: QuantumCircuit, part: QuantumCircuit, qubits: Sequence[int], untouched: set[int]
) -> None:
    """Append ``part`` on ``qubits`` of ``target``; remove them from ``untouched`` once acted on."""
    for instruction in part.data:
        operation = instruction.operation
        places = [qubits[part.find_bit(qubit).index] for qubit in instruction.qubits]
        if isinstance(operation, Reset):
            if places[0] in untouched:
                continue
        elif _resets(operation):
            target.global_phase += operation.definition.global_phase
            _append(target, operation.definition, places, untouched)
            continue
        bits = [part.find_bit(bit).index for bit in instruction.clbits]
        target.append(operation, places, bits)
        if not isinstance(operation, (Barrier, Delay)):
            untouched.difference_update(places)


def _resets(operation: Instruction) -> bool:
    """Whether the operation is a reset, or contains one."""
    if isinstance(operation, Reset):
        return True
    if isinstance(operation, Gate) or not isinstance(operation, Instruction):
        return False
    if operation.num_clbits:
        return False
    try:
        definition = operation.definition
    except QiskitError:  # free parameters: the parser says so
        return False
    return definition is not None and any(_resets(one.operation) for one in definition.data)
