"""Feature maps: plain functions (n_qubits, repetitions, bandwidth) -> QuantumCircuit.

The input vector is named "x", trainable weights, where a map has them, "θ". ``bandwidth`` c scales
every input: a small c keeps kernels of many qubits from concentrating (Shaydulin & Wild,
2111.05451). Angles in radians.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import prod

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector
from qiskit.circuit.library import RYGate

from fewqubit.circuits.bounds import check_map
from fewqubit.circuits.diagonal import phases
from fewqubit.errors import SettingsError

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


def amplitude(n_qubits: int, repetitions: int, bandwidth: float) -> QuantumCircuit:
    """Σ_b a_b |b⟩ for any real amplitudes, by a tree of controlled RY; x: [2**n_qubits - 1].

    The inputs are the angles of the tree from its root, qubit n-1, to its leaves, qubit 0:
    ``amplitude_angles`` of the vector a. Möttönen et al., quant-ph/0407010. Raises SettingsError
    for more than one repetition and for another bandwidth than 1: both prepare other states.
    """
    _check("amplitude", repetitions, bandwidth)
    x = ParameterVector("x", 2**n_qubits - 1)
    circuit, angles = QuantumCircuit(n_qubits, name="amplitude"), iter(x)
    for qubit in reversed(range(n_qubits)):
        above = range(qubit + 1, n_qubits)
        for pattern in range(2 ** len(above)):
            gate = RYGate(next(angles))
            if above:
                gate = gate.control(len(above), ctrl_state=pattern, annotated=False)
            circuit.append(gate, [*above, qubit])
    return circuit


@jax.custom_jvp
def amplitude_angles(amplitudes: Float[Array, " 2**n"]) -> Float[Array, " 2**n-1"]:
    """2 atan2(‖right‖, ‖left‖) at every fork of the tree, signed at its leaves; of any norm.

    The state is differentiable in every amplitude; the angle at a fork without amplitudes is not.
    Derivatives are therefore taken at a vector in which every empty pair has an amplitude of
    √(machine epsilon)/6 of the norm. Derivatives of states are then right to a few 1e-4 in single
    and 1e-8 in double precision.
    """
    return tree_angles(amplitudes)


@amplitude_angles.defjvp
def _amplitude_angles_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (amplitudes,), (change,) = primals, tangents
    if amplitudes.shape[0] > 1:
        pairs = amplitudes.reshape(-1, 2)
        little = jnp.sqrt(jnp.finfo(pairs.dtype).eps) / 6 * jnp.linalg.norm(amplitudes)
        empty = (pairs == 0).all(axis=1)
        left = pairs[:, 0] + jnp.where(empty, jax.lax.stop_gradient(little), 0)
        amplitudes = jnp.stack([left, pairs[:, 1]], axis=1).reshape(-1)
    return jax.jvp(tree_angles, (amplitudes,), (change,))


def tree_angles(amplitudes: Float[Array, " 2**n"]) -> Float[Array, " 2**n-1"]:
    """``amplitude_angles`` with the derivative 0 at a fork without amplitudes: for padding."""
    levels, norms = [], amplitudes
    while norms.shape[0] > 1:
        left, right = norms.reshape(-1, 2).T
        squares = left**2 + right**2
        empty = squares == 0
        levels.append(2 * jnp.arctan2(right, jnp.where(empty, 1.0, left)))
        norms = jnp.where(empty, 0.0, jnp.sqrt(jnp.where(empty, 1.0, squares)))
    return jnp.concatenate([jnp.zeros(0, norms.dtype), *reversed(levels)])


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


def _check(name: str, repetitions: int, bandwidth: float) -> None:
    try:
        check_map(name, repetitions, bandwidth)
    except ValueError as error:
        raise SettingsError(str(error)) from None


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
    _check("phase", repetitions, bandwidth)
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
