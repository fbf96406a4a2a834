"""Qiskit's StatevectorEstimator and the parameter-shift rule, a circuit for each shifted angle."""

from collections.abc import Callable

import numpy as np
from benchmarks.engine.works.qaoa import DEPTH
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp


def circuit_of(edges: np.ndarray, n: int) -> tuple[QuantumCircuit, list[int]]:
    """A parameter for every rotation, and the angle of θ that each belongs to; 2θ is its value."""
    owners = [
        owner for layer in range(DEPTH) for owner in [*[layer] * len(edges), *[DEPTH + layer] * n]
    ]
    angles = iter(ParameterVector("a", len(owners)))
    circuit = QuantumCircuit(n)
    circuit.h(range(n))
    for _ in range(DEPTH):
        for one, other in edges:
            circuit.rzz(next(angles), int(one), int(other))
        for qubit in range(n):
            circuit.rx(next(angles), qubit)
    return circuit, owners


def _qaoa(edges: np.ndarray, theta: np.ndarray) -> Callable[[], np.ndarray]:
    n, estimator = int(edges.max()) + 1, StatevectorEstimator()
    rows = [circuit_of(graph, n) for graph in edges]
    # e^{−iγ(Z_iZ_j − 1)/2} is rzz(γ), e^{iβX} is rx(−2β)
    factors = np.repeat([1.0, -2.0], DEPTH)

    def one(
        graph: np.ndarray, made: tuple[QuantumCircuit, list[int]], own: np.ndarray
    ) -> np.ndarray:
        circuit, owners = made
        terms = [("ZZ", [int(i), int(j)], 0.5) for i, j in graph]
        operator = SparsePauliOp.from_sparse_list([*terms, ("", [], -len(graph) / 2)], n)
        at = (factors * own)[owners]
        shifted = np.concatenate([at + side * np.pi / 2 * np.eye(len(at)) for side in (1, -1)])
        values = estimator.run([(circuit, operator, np.vstack([at, shifted]))]).result()[0].data.evs
        slopes = (values[1 : 1 + len(at)] - values[1 + len(at) :]) / 2
        gradient = np.bincount(owners, slopes, 2 * DEPTH) * factors
        return np.append(values[0], gradient)

    return lambda: np.stack([one(*row) for row in zip(edges, rows, theta, strict=True)])


WORKS = {"qaoa": _qaoa}
