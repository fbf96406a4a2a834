"""Readout equals Qiskit's."""

import jax.numpy as jnp
import numpy as np
from qiskit.quantum_info import Pauli, SparsePauliOp, Statevector, random_statevector

from fewqubit.states.observables import (
    bloch_vectors,
    expectation,
    pauli_z_expectations,
    pauli_zz_expectations,
    probabilities,
)

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


def test_zz_expectations_equal_qiskit():
    state = random_statevector(2**4, seed=3)
    singles = [{q: "Z"} for q in range(4)]
    pairs = [{p: "Z", q: "Z"} for p in range(4) for q in range(p + 1, 4)]
    labels = ["".join(term.get(q, "I") for q in reversed(range(4))) for term in singles + pairs]
    expected = [state.expectation_value(Pauli(label)).real for label in labels]
    np.testing.assert_allclose(
        pauli_zz_expectations(jnp.asarray(state.data, jnp.complex64)), expected, atol=1e-5
    )
