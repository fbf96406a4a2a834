"""Kernels against density matrices, and the properties every Gram matrix has."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, Statevector, partial_trace, random_statevector

from fewqubit.states.kernels import (
    class_fidelities,
    fidelity_cross,
    fidelity_gram,
    nearest_psd,
    projected_cross,
    projected_features,
    projected_gram,
)

STATES = jnp.asarray([random_statevector(8, seed=seed).data for seed in range(7)], jnp.complex64)


@pytest.mark.parametrize(
    "gram", [fidelity_gram(STATES), projected_gram(projected_features(STATES), 0.7)]
)
def test_gram_is_symmetric_psd_with_unit_diagonal(gram):
    np.testing.assert_array_equal(gram, gram.T)
    np.testing.assert_array_equal(jnp.diag(gram), jnp.ones(7))
    assert jnp.linalg.eigvalsh(gram).min() > -1e-6
    assert gram.dtype == jnp.float32


def test_projected_kernel_equals_its_definition_by_partial_traces():
    def reduced(state, qubit):
        others = [q for q in range(3) if q != qubit]
        return partial_trace(DensityMatrix(Statevector(np.asarray(state, complex))), others).data

    features = projected_features(STATES)
    got = projected_cross(features[:2], features[2:4], 0.7)
    for i in range(2):
        for j in range(2):
            distance = sum(
                np.linalg.norm(reduced(STATES[i], q) - reduced(STATES[2 + j], q)) ** 2
                for q in range(3)
            )
            assert np.isclose(got[i, j], np.exp(-0.7 * distance), atol=1e-5)


def test_class_fidelity_is_the_expectation_of_the_mean_density():
    membership = jax.nn.one_hot(jnp.array([0, 0, 1, 1]), 3)
    got = class_fidelities(STATES[4:], STATES[:4], membership)
    rho = np.mean([np.outer(s, s.conj()) for s in np.asarray(STATES[:2])], axis=0)
    query = np.asarray(STATES[5])
    assert np.isclose(got[1, 0], (query.conj() @ rho @ query).real, atol=1e-6)
    np.testing.assert_array_equal(got[:, 2], 0)


def test_nearest_psd_is_psd_and_leaves_psd_alone():
    gram = fidelity_gram(STATES)
    np.testing.assert_allclose(nearest_psd(gram), gram, atol=1e-5)
    noisy = gram + 0.3 * jax.random.normal(jax.random.key(0), gram.shape)
    assert jnp.linalg.eigvalsh(nearest_psd(noisy)).min() > -1e-5


def test_gradient_is_finite_where_states_are_orthogonal():
    basis = jnp.eye(4, dtype=jnp.complex64)
    gradient = jax.grad(lambda a: fidelity_cross(a * basis[:2], basis[2:]).sum())(1.0)
    assert jnp.isfinite(gradient)
