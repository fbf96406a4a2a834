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


WORKS = {
    "states": _states,
    "gram": _gram,
    "expectation_gradient": partial(_gradient, 1),
    "readout_gradient": partial(_gradient, None),
}
