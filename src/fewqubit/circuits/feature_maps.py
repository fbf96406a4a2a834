"""Feature maps: plain functions (n_qubits, repetitions, bandwidth) -> QuantumCircuit.

The input vector is named "x", trainable weights, where a map has them, "θ". ``bandwidth`` c scales
every input: a small c keeps kernels of many qubits from concentrating (Shaydulin & Wild,
2111.05451). Angles in radians.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import prod

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector

from fewqubit.circuits.amplitude import amplitude
from fewqubit.circuits.bounds import checked
from fewqubit.circuits.diagonal import phases

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


def pauli(
    n_qubits: int, repetitions: int, bandwidth: float, strings: Sequence[str] = ("Z", "XX")
) -> QuantumCircuit:
    """H, then exp(-i φ_S(c x) P_S) for every string P and every set S of qubits; x: [n_qubits].

    φ_S(x) = x_i for one qubit, Π_{i∈S} (π - x_i) for more. Havlíček et al., 1804.11326; Qiskit's
    ``pauli_feature_map`` with full entanglement up to a phase. A string's last letter acts on the
    lowest qubit of S. For other strings, write a function that calls this one.
    """
    x = ParameterVector("x", n_qubits)
    circuit = QuantumCircuit(n_qubits, name="pauli")
    for _ in range(repetitions):
        circuit.h(range(n_qubits))
        for string in strings:
            for qubits in combinations(range(n_qubits), len(string)):
                inputs = [bandwidth * x[qubit] for qubit in qubits]
                phase = inputs[0] if len(inputs) == 1 else prod(np.pi - value for value in inputs)
                _rotate(circuit, 2.0 * phase, string[::-1], qubits)
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

    Every angle is a separate input, for encoders whose outputs are all angles of the circuit. The
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


def _rotate(
    circuit: QuantumCircuit, angle: ParameterExpression, string: str, qubits: Sequence[int]
) -> None:
    """exp(-i angle/2 P), where letter k of ``string`` acts on ``qubits[k]``."""
    turn = QuantumCircuit(len(qubits))
    for place, letter in enumerate(string):
        if letter == "X":
            turn.h(place)
        elif letter == "Y":
            turn.rx(np.pi / 2, place)
    for place in range(1, len(qubits)):
        turn.cx(place - 1, place)
    circuit.compose(turn, qubits, inplace=True)
    circuit.rz(angle, qubits[-1])
    circuit.compose(turn.inverse(), qubits, inplace=True)


def phase(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """2^{−n/2} Σ_j e^{i c x_j} |j⟩, a phase for each basis state; x: [2**n_qubits].

    The input of the quantum perceptron (Mangini, Tacchino, Gerace, Macchiavello, Bajoni 2020,
    arXiv 2007.12486). Raises SettingsError for more than one repetition: it has none.
    """
    checked("phase", repetitions, bandwidth)
    x = ParameterVector("x", 2**n_qubits)
    circuit = QuantumCircuit(n_qubits, name="phase")
    circuit.h(range(n_qubits))
    phases(circuit, [bandwidth * angle for angle in x])
    return circuit


def _entangle(circuit: QuantumCircuit) -> None:
    """A ring of CZ; two qubits have one edge, one qubit none."""
    n = circuit.num_qubits
    for qubit in range(n if n > 2 else n - 1):
        circuit.cz(qubit, (qubit + 1) % n)


def covariant(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """The ring graph state, then RZ RY RZ(c x) on every qubit; x: [3·n_qubits].

    For rows that are elements of a group: Glick et al., 2105.03406, eq. 5. Every further
    repetition entangles and rotates again.
    """
    x = ParameterVector("x", 3 * n_qubits)
    circuit = QuantumCircuit(n_qubits, name="covariant")
    circuit.h(range(n_qubits))
    for _ in range(repetitions):
        _entangle(circuit)
        for qubit in range(n_qubits):
            first, second, third = x[3 * qubit : 3 * qubit + 3]
            circuit.rz(bandwidth * first, qubit)
            circuit.ry(bandwidth * second, qubit)
            circuit.rz(bandwidth * third, qubit)
    return circuit


FEATURE_MAPS: dict[str, FeatureMap] = {
    "angle": angle,
    "zz": zz,
    "iqp": iqp,
    "pauli": pauli,
    "amplitude": amplitude,
    "reuploading": reuploading,
    "hardware_efficient": hardware_efficient,
    "phase": phase,
    "covariant": covariant,
}
