"""Qulacs: C++ state vectors; a parametric circuit, built once and set to each row."""

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
from benchmarks.engine.works.expectation_gradient import LAYERS
from qulacs import Observable, ParametricQuantumCircuit, QuantumState


def _states(x: np.ndarray) -> Callable[[], np.ndarray]:
    n = x.shape[1]
    pairs = np.array(list(combinations(range(n), 2))).T
    circuit, state = ParametricQuantumCircuit(n), QuantumState(n)
    for _ in range(2):
        for q in range(n):
            circuit.add_H_gate(q)
            circuit.add_parametric_RZ_gate(q, 0.0)
        for i, j in pairs.T:
            circuit.add_parametric_multi_Pauli_rotation_gate([i, j], [3, 3], 0.0)
    count = circuit.get_parameter_count()

    def run() -> np.ndarray:
        products = 2 * (np.pi - x[:, pairs[0]]) * (np.pi - x[:, pairs[1]])
        angles = -np.tile(np.concatenate([2 * x, products], axis=1), 2)  # its sign is the other one
        found = np.empty((len(x), 2**n), complex)
        for row, values in enumerate(angles.tolist()):
            for k in range(count):
                circuit.set_parameter(k, values[k])
            state.set_zero_state()
            circuit.update_quantum_state(state)
            found[row] = state.get_vector()
        return found

    return run


def _gram(x: np.ndarray) -> Callable[[], np.ndarray]:
    states = _states(x)

    def run() -> np.ndarray:
        psi = states()
        return np.abs(psi.conj() @ psi.T) ** 2

    return run


def _gradient(
    read: int | None, x: np.ndarray, y: np.ndarray, theta: np.ndarray
) -> Callable[[], np.ndarray]:
    n = x.shape[1]
    circuit, state, z = ParametricQuantumCircuit(n), QuantumState(n), Observable(n)
    for qubit in range(n)[:read]:
        z.add_operator(1 / len(range(n)[:read]), f"Z {qubit}")
    for q in range(n):
        circuit.add_parametric_RY_gate(q, 0.0)
    for layer in range(LAYERS + 1):
        for q in range(n - 1 if layer else 0):
            circuit.add_CNOT_gate(q, q + 1)
        for q in range(n):
            circuit.add_parametric_RY_gate(q, 0.0)
            circuit.add_parametric_RZ_gate(q, 0.0)

    def run() -> np.ndarray:
        for k, angle in enumerate(theta.tolist()):
            circuit.set_parameter(n + k, -angle)
        parts = np.empty((len(x), 1 + len(theta)))
        for row, values in enumerate(x.tolist()):
            for q in range(n):
                circuit.set_parameter(q, -values[q])
            state.set_zero_state()
            circuit.update_quantum_state(state)
            parts[row, 0] = z.get_expectation_value(state)
            parts[row, 1:] = -np.array(circuit.backprop(z))[n:]
        return np.mean(y[:, None] * parts, axis=0)

    return run


WORKS = {
    "states": _states,
    "gram": _gram,
    "expectation_gradient": partial(_gradient, 1),
    "readout_gradient": partial(_gradient, None),
}
