"""Qiskit Aer: one job of bound circuits, in single precision."""

from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import zz_feature_map
from qiskit_aer import AerSimulator


def zz_map(n: int) -> QuantumCircuit:
    """Qiskit's own feature map."""
    return zz_feature_map(n, reps=2, entanglement="full")


def _states(x: np.ndarray) -> Callable[[], np.ndarray]:
    simulator = AerSimulator(method="statevector", precision="single")
    circuit = zz_map(x.shape[1])
    circuit.save_statevector()
    ready = transpile(circuit, simulator)
    parameters = sorted(ready.parameters, key=lambda p: p.index)

    def run() -> np.ndarray:
        binds = {p: x[:, k].tolist() for k, p in enumerate(parameters)}
        result = simulator.run(ready, parameter_binds=[binds]).result()
        return np.stack([np.asarray(result.get_statevector(k)) for k in range(len(x))])

    return run


def _gram(x: np.ndarray) -> Callable[[], np.ndarray]:
    states = _states(x)

    def run() -> np.ndarray:
        psi = states()
        return np.abs(psi.conj() @ psi.T) ** 2

    return run


WORKS = {"states": _states, "gram": _gram}
