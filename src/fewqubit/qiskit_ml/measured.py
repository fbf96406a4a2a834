"""A measured circuit as its unitary part and what the classical bits read."""

import numpy as np
from jaxtyping import Int
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Measure

from fewqubit.errors import CircuitError

Bits = dict[int, int]  # classical bit -> the qubit that it reads; one that is absent reads 0


def split(circuit: QuantumCircuit) -> tuple[QuantumCircuit, Bits]:
    """``circuit`` without its final measurements, and what these read.

    A circuit without classical bits reads all qubits; a transpiled one those of the circuit it was
    transpiled from, in their order there. Raises ``CircuitError`` for a gate after a measurement.
    """
    if not circuit.clbits:
        layout = circuit.layout
        qubits = range(circuit.num_qubits) if layout is None else layout.final_index_layout()
        return circuit, dict(enumerate(qubits))
    unitary, bits, done = circuit.copy_empty_like(), {}, set()
    for number, instruction in enumerate(circuit.data):
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if isinstance(instruction.operation, Measure):
            bits[circuit.find_bit(instruction.clbits[0]).index] = qubits[0]
            done.update(qubits)
            continue
        if done & {*qubits} and not isinstance(instruction.operation, (Barrier, Delay)):
            raise CircuitError(
                f"instruction {number} ('{instruction.operation.name}' on qubits {qubits}) of "
                f"circuit '{circuit.name}' follows a measurement; only final ones are exact"
            )
        unitary.append(instruction)
    return unitary, bits


def outcomes(bits: Bits, n_qubits: int) -> Int[np.ndarray, " 2**n"]:
    """The integer that the classical bits read in every basis state."""
    basis = np.arange(2**n_qubits)
    return sum(((basis >> qubit & 1) << bit for bit, qubit in bits.items()), np.zeros_like(basis))
