"""Readings of a density matrix that is held by its Pauli expectations r_P = Tr(P ρ)."""

from functools import reduce

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float
from qiskit.quantum_info import SparsePauliOp

from fewqubit.base.products import matmul, tensordot
from fewqubit.states.observables import check_operator

_LETTERS = "IXYZ"


def n_qubits_of(vector: Float[Array, " 4**n"]) -> int:
    """n."""
    return (int(vector.shape[-1]).bit_length() - 1) // 2


def pauli_reading(vector: Float[Array, " 4**n"], operator: SparsePauliOp) -> Float[Array, ""]:
    """Tr(M ρ) for M = Σ_k c_k P_k with real c_k: one entry for each term."""
    check_operator(operator, n_qubits_of(vector))
    places = [
        reduce(lambda total, letter: 4 * total + _LETTERS.index(letter), label, 0)
        for label, _ in operator.to_list()
    ]
    return matmul(vector[np.array(places)], jnp.asarray(operator.coeffs.real, vector.dtype))


def outcome_probabilities(vector: Float[Array, " 4**n"]) -> Float[Array, " 2**n"]:
    """p_b = Σ_z (−1)^{b·z} r_z/2ⁿ over the strings of I and Z."""
    n_qubits = n_qubits_of(vector)
    bits = np.arange(2**n_qubits)
    places = sum((3 * (bits >> q & 1)) << 2 * q for q in range(n_qubits)) + 0 * bits
    signs = 1.0 - 2.0 * (np.bitwise_count(bits[:, None] & bits) & 1)
    return matmul(jnp.asarray(signs / 2**n_qubits, vector.dtype), vector[places])


def density_matrix(vector: Float[Array, " 4**n"]) -> Complex[Array, "2**n 2**n"]:
    """ρ = Σ_P r_P P/2ⁿ, qubit 0 the lowest bit."""
    paulis = np.array([np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], np.diag([1, -1])]) / 2
    n_qubits = n_qubits_of(vector)
    tensor = vector.reshape((4,) * n_qubits)
    for _ in range(n_qubits):  # each takes the first axis and puts a row and a column at the end
        tensor = tensordot(tensor, paulis, ((0,), (0,)))
    rows = range(0, 2 * n_qubits, 2)
    return tensor.transpose([*rows, *(row + 1 for row in rows)]).reshape(2**n_qubits, -1)
