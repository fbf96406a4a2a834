"""Readout equals Qiskit's."""

import jax.numpy as jnp
import numpy as np
from qiskit.quantum_info import SparsePauliOp, Statevector, random_statevector

from fewqubit.quantum import bloch_vectors, expectation, pauli_z_expectations, probabilities

REFERENCE = random_statevector(16, seed=3)
STATE = jnp.asarray(REFERENCE.data, jnp.complex64)


def test_pauli_sums():
    operator = SparsePauliOp(["IIII", "XYZI", "YYII", "ZZZZ", "XXXX", "IIIY"], range(1, 7))
    got = expectation(STATE, operator)
    assert got.dtype == jnp.float32
    np.testing.assert_allclose(got, REFERENCE.expectation_value(operator).real, atol=1e-5)


def test_bloch_vectors_and_z():
    expected = [[REFERENCE.expectation_value(pauli(p, q)).real for p in "XYZ"] for q in range(4)]
    np.testing.assert_allclose(bloch_vectors(STATE), expected, atol=1e-6)
    np.testing.assert_allclose(pauli_z_expectations(STATE), np.array(expected)[:, 2], atol=1e-6)


def pauli(letter, qubit):
    return SparsePauliOp.from_sparse_list([(letter, [qubit], 1)], 4)


def test_probabilities():
    np.testing.assert_allclose(
        probabilities(STATE), Statevector(REFERENCE).probabilities(), atol=1e-6
    )
