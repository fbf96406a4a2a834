"""Ansätze: plain functions (n_qubits, repetitions) -> QuantumCircuit with the weights "θ"."""

from collections.abc import Callable

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.circuits.bounds import check_ansatz
from fewqubit.circuits.diagonal import phases
from fewqubit.errors import SettingsError

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


def phase(n_qubits: int, repetitions: int) -> QuantumCircuit:
    """e^{−i θ_j} on each basis state |j⟩, then H on every qubit; θ: [2**n_qubits].

    After the feature map ``phase`` the amplitude of |0…0⟩ is ⟨ψ_θ|ψ_x⟩ = 2^{−n} Σ_j e^{i(x_j−θ_j)}.
    With the readout ``zero`` it is a quantum perceptron (Mangini et al. 2020, arXiv 2007.12486).
    Raises SettingsError for more than one repetition: it has none.
    """
    try:
        check_ansatz("phase", repetitions)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    theta = ParameterVector("θ", 2**n_qubits)
    circuit = QuantumCircuit(n_qubits, name="phase")
    phases(circuit, [-1.0 * angle for angle in theta])
    circuit.h(range(n_qubits))
    return circuit


ANSATZE: dict[str, Ansatz] = {
    "none": none,
    "real_amplitudes": real_amplitudes,
    "hardware_efficient": hardware_efficient,
    "phase": phase,
}
