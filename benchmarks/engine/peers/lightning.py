"""PennyLane's lightning.qubit: compiled C++ kernels, adjoint differentiation, a row at a time."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pennylane as qml
from benchmarks.engine.peers.pennylane_jax import hardware_efficient_circuit, zz_circuit
from pennylane import numpy as autograd_numpy


def _states(x: np.ndarray) -> Callable[[], np.ndarray]:
    n = x.shape[1]
    device = qml.device("lightning.qubit", wires=range(n - 1, -1, -1), c_dtype=np.complex64)

    @qml.qnode(device, diff_method=None)
    def state(row: np.ndarray) -> np.ndarray:
        zz_circuit(n, row)
        return qml.state()

    return lambda: np.stack([state(row) for row in x])


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
    device = qml.device("lightning.qubit", wires=n, c_dtype=np.complex64)

    @qml.qnode(device, interface="autograd", diff_method="adjoint")
    def expectation(row: np.ndarray, theta: np.ndarray) -> float:
        hardware_efficient_circuit(n, row, theta)
        qubits = range(n)[:read]
        return qml.expval(qml.dot([1 / len(qubits)] * len(qubits), [qml.Z(q) for q in qubits]))

    step = qml.grad(expectation, argnums=1)
    weights = autograd_numpy.array(theta, requires_grad=True)

    def run() -> np.ndarray:
        gradients, values = zip(*((step(row, weights), step.forward) for row in x), strict=True)
        parts = np.concatenate([np.array(values)[:, None], np.stack(gradients)], axis=1)
        return np.mean(y[:, None] * parts, axis=0)

    return run


def _qaoa(edges: np.ndarray, theta: np.ndarray) -> Callable[[], np.ndarray]:
    n, depth = int(edges.max()) + 1, theta.shape[1] // 2
    device = qml.device("lightning.qubit", wires=n, c_dtype=np.complex64)

    @qml.qnode(device, interface="autograd", diff_method="adjoint")
    def expectation(theta: np.ndarray, pairs: list[tuple[int, int]]) -> float:
        for q in range(n):
            qml.Hadamard(q)
        for layer in range(depth):
            for one, other in pairs:
                qml.IsingZZ(theta[layer], [one, other])
            for q in range(n):
                qml.RX(-2 * theta[depth + layer], q)
        terms = [qml.Z(one) @ qml.Z(other) for one, other in pairs]
        return qml.expval(qml.dot([0.5] * len(terms), terms))

    step = qml.grad(expectation, argnums=0)
    graphs = [[(int(i), int(j)) for i, j in row] for row in edges]
    weights = [autograd_numpy.array(row, requires_grad=True) for row in theta]

    def run() -> np.ndarray:
        rows = [
            np.append(step(own, pairs), step.forward - len(pairs) / 2)
            for own, pairs in zip(weights, graphs, strict=True)
        ]
        return np.roll(np.stack(rows), 1, axis=1)

    return run


WORKS = {
    "states": _states,
    "gram": _gram,
    "expectation_gradient": partial(_gradient, 1),
    "readout_gradient": partial(_gradient, None),
    "qaoa": _qaoa,
}
