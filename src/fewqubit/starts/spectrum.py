"""Exact references: the lowest and the highest energy of a Hamiltonian."""

from collections.abc import Mapping

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.sparse.linalg import LinearOperator, eigsh
from threadpoolctl import threadpool_limits

DENSE = 6  # qubits; up to this size all eigenvalues are computed


@threadpool_limits.wrap(limits=1, user_api="blas")  # more threads are slower here
def extremes(operator: SparsePauliOp, diagonals: Mapping[int, np.ndarray]) -> tuple[float, float]:
    """(E_0, E_max): read off a diagonal Hamiltonian, else by Lanczos (scipy's ``eigsh``)."""
    if set(diagonals) <= {0}:
        values = np.real(diagonals.get(0, np.zeros(2**operator.num_qubits)))
        return float(values.min()), float(values.max())
    if operator.num_qubits <= DENSE:
        values = np.linalg.eigvalsh(operator.to_matrix())
        return float(values[0]), float(values[-1])
    dimension = 2**operator.num_qubits
    basis = np.arange(dimension)

    def apply(state: np.ndarray) -> np.ndarray:
        flat = state.ravel()
        return np.sum([d * flat[basis ^ flip] for flip, d in diagonals.items()], axis=0)

    linear = LinearOperator((dimension, dimension), matvec=apply, dtype=complex)
    start = np.random.default_rng(0).normal(size=dimension).astype(complex)  # reproducible bytes
    low, high = (
        eigsh(linear, k=1, which=end, v0=start, return_eigenvectors=False)[0]
        for end in ("SA", "LA")
    )
    return float(low), float(high)
