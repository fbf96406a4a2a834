"""What a model sees of a state, by the name in its settings: simulated, and as operators."""

from collections.abc import Callable
from itertools import combinations

from qiskit.quantum_info import SparsePauliOp

Operator = SparsePauliOp


def z_operators(n_qubits: int) -> list[SparsePauliOp]:
    """Z_q of every qubit q."""
    return [_z(n_qubits, q) for q in range(n_qubits)]


def zz_operators(n_qubits: int) -> list[SparsePauliOp]:
    """Z_q of every qubit, then Z_p Z_q of every pair p < q."""
    pairs = combinations(range(n_qubits), 2)
    return [*z_operators(n_qubits), *(_z(n_qubits, p, q) for p, q in pairs)]


def zero_operator(n_qubits: int) -> list[SparsePauliOp]:
    """|0…0⟩⟨0…0| = Π_q (1 + Z_q)/2."""
    factor = SparsePauliOp(["I", "Z"], [0.5, 0.5])
    product = factor
    for _ in range(n_qubits - 1):
        product = product.tensor(factor)
    return [product]


def _z(n_qubits: int, *qubits: int) -> SparsePauliOp:
    return SparsePauliOp.from_sparse_list([("Z" * len(qubits), [*qubits], 1.0)], n_qubits)


OPERATORS: dict[str, Callable[[int], list[SparsePauliOp]]] = {
    "z": z_operators,
    "zz": zz_operators,
    "zero": zero_operator,
}
