"""Ansätze: plain functions (n_qubits, repetitions) -> QuantumCircuit with the weights "θ"."""

from collections.abc import Callable

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

Ansatz = Callable[[int, int], QuantumCircuit]


def none(n_qubits: int, repetitions: int) -> QuantumCircuit:
    """No ansatz: the empty circuit, for models whose weights are all in the encoder."""
    del repetitions
    return QuantumCircuit(n_qubits, name="none")


def real_amplitudes(n_qubits: int, repetitions: int) -> QuantumCircuit:
    """(RY on every qubit, chain of CX) repeated, RY; θ: [n_qubits·(repetitions + 1)].

    Qiskit's ``real_amplitudes`` with linear entanglement; the state stays real.
    """
    theta = ParameterVector("θ", n_qubits * (repetitions + 1))
    circuit = QuantumCircuit(n_qubits, name="real_amplitudes")
    for qubit in range(n_qubits):
        circuit.ry(theta[qubit], qubit)
    for repetition in range(1, repetitions + 1):
        for qubit in range(n_qubits - 1):
            circuit.cx(qubit, qubit + 1)
        for qubit in range(n_qubits):
            circuit.ry(theta[repetition * n_qubits + qubit], qubit)
    return circuit


def hardware_efficient(n_qubits: int, repetitions: int) -> QuantumCircuit:
    """(RY and RZ on every qubit, chain of CX) repeated, RY, RZ; θ: [2·n_qubits·(repetitions + 1)].

    Kandala et al., 1704.05018, with CX for the cross-resonance entangler.
    """
    theta = ParameterVector("θ", 2 * n_qubits * (repetitions + 1))
    circuit = QuantumCircuit(n_qubits, name="hardware_efficient")
    angles = iter(theta)
    for repetition in range(repetitions + 1):
        if repetition:
            for qubit in range(n_qubits - 1):
                circuit.cx(qubit, qubit + 1)
        for qubit in range(n_qubits):
            circuit.ry(next(angles), qubit)
            circuit.rz(next(angles), qubit)
    return circuit


ANSATZE: dict[str, Ansatz] = {
    "none": none,
    "real_amplitudes": real_amplitudes,
    "hardware_efficient": hardware_efficient,
}
