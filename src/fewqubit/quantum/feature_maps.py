"""Feature maps: plain functions (n_qubits, repetitions, bandwidth) -> QuantumCircuit.

The input vector is named "x", trainable weights, where a map has them, "θ". ``bandwidth`` c scales
every input: a small c keeps kernels of many qubits from concentrating (Shaydulin & Wild,
2111.05451). Angles in radians.
"""

from collections.abc import Callable
from itertools import combinations

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

FeatureMap = Callable[[int, int, float], QuantumCircuit]


def angle(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """RY(c x_q) on every qubit q, a ring of CZ between repetitions; x: [n_qubits]."""
    x = ParameterVector("x", n_qubits)
    circuit = QuantumCircuit(n_qubits, name="angle")
    for repetition in range(repetitions):
        if repetition:
            _entangle(circuit)
        for qubit in range(n_qubits):
            circuit.ry(bandwidth * x[qubit], qubit)
    return circuit


def zz(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """H, P(2 c x_i), RZZ(2 (π - c x_i)(π - c x_j)) over all pairs; x: [n_qubits].

    Havlíček et al., 1804.11326. With bandwidth 1 the state of Qiskit's ``zz_feature_map`` with full
    entanglement up to a phase: CX P(φ) CX = exp(iφ/2) RZZ(φ).
    """
    x = ParameterVector("x", n_qubits)
    circuit = QuantumCircuit(n_qubits, name="zz")
    for _ in range(repetitions):
        for qubit in range(n_qubits):
            circuit.h(qubit)
            circuit.p(2.0 * bandwidth * x[qubit], qubit)
        for i, j in combinations(range(n_qubits), 2):
            product = (np.pi - bandwidth * x[i]) * (np.pi - bandwidth * x[j])
            circuit.rzz(2.0 * product, i, j)
    return circuit


def iqp(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """H, RZ(c x_i), RZZ(c² x_i x_j) over all pairs; x: [n_qubits].

    Instantaneous quantum polynomial embedding, Havlíček et al., 1804.11326, without the offset π,
    so that x = 0 maps to the uniform superposition.
    """
    x = ParameterVector("x", n_qubits)
    circuit = QuantumCircuit(n_qubits, name="iqp")
    for _ in range(repetitions):
        for qubit in range(n_qubits):
            circuit.h(qubit)
            circuit.rz(bandwidth * x[qubit], qubit)
        for i, j in combinations(range(n_qubits), 2):
            circuit.rzz(bandwidth**2 * (x[i] * x[j]), i, j)
    return circuit


def reuploading(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """RY(c θ_y x_q + θ_b), RZ(θ_z), ring of CZ; x: [n_qubits], θ: [3·n_qubits·repetitions].

    Pérez-Salinas et al., 1907.02085: the inputs enter every layer with a weight and a bias.
    """
    x = ParameterVector("x", n_qubits)
    theta = ParameterVector("θ", 3 * n_qubits * repetitions)
    circuit = QuantumCircuit(n_qubits, name="reuploading")
    weights = iter(theta)
    for repetition in range(repetitions):
        for qubit in range(n_qubits):
            circuit.ry(bandwidth * (next(weights) * x[qubit]) + next(weights), qubit)
            circuit.rz(next(weights), qubit)
        if repetition < repetitions - 1:
            _entangle(circuit)
    return circuit


def hardware_efficient(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """RY and RZ on every qubit, ring of CX, repeated; x: [2·n_qubits·repetitions].

    Every angle is an input of its own, for encoders that put out all angles of the circuit. The
    last layer has no ring: entanglers that only follow all rotations cancel in every fidelity.
    """
    x = ParameterVector("x", 2 * n_qubits * repetitions)
    circuit = QuantumCircuit(n_qubits, name="hardware_efficient")
    angles = iter(x)
    for repetition in range(repetitions):
        for qubit in range(n_qubits):
            circuit.ry(bandwidth * next(angles), qubit)
        for qubit in range(n_qubits):
            circuit.rz(bandwidth * next(angles), qubit)
        if repetition < repetitions - 1:
            for qubit in range(n_qubits if n_qubits > 2 else n_qubits - 1):
                circuit.cx(qubit, (qubit + 1) % n_qubits)
    return circuit


def _entangle(circuit: QuantumCircuit) -> None:
    """A ring of CZ; two qubits have one edge, one qubit none."""
    n = circuit.num_qubits
    for qubit in range(n if n > 2 else n - 1):
        circuit.cz(qubit, (qubit + 1) % n)


FEATURE_MAPS: dict[str, FeatureMap] = {
    "angle": angle,
    "zz": zz,
    "iqp": iqp,
    "reuploading": reuploading,
    "hardware_efficient": hardware_efficient,
}
