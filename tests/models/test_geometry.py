"""Geometries against direct formulas: density matrices, distances."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.models.geometry import SHARPNESS, STATES, vectors

KEY = jax.random.key(0)
VECTORS = vectors(1.0)
ONE_HOT = jnp.eye(3).repeat(2, axis=0)


def states(key: jax.Array, n: int) -> jax.Array:
    parts = jax.random.normal(key, (2, n, 8))
    raw = parts[0] + 1j * parts[1]
    return raw / jnp.linalg.norm(raw, axis=1, keepdims=True)


def test_class_fidelity_is_the_expectation_of_the_mean_density() -> None:
    support, queries = states(KEY, 6), states(jax.random.key(1), 4)
    density = jnp.einsum("csd,cse->cde", support.reshape(3, 2, 8), support.conj().reshape(3, 2, 8))
    expected = jnp.einsum("qd,cde,qe->qc", queries.conj(), density / 2, queries).real
    found = STATES.similarity(queries, support, ONE_HOT)
    np.testing.assert_allclose(found, SHARPNESS * expected, rtol=1e-4)


def test_class_distance_is_to_the_mean() -> None:
    support, queries = jax.random.normal(KEY, (6, 4)), jnp.ones((5, 4))
    means = support.reshape(3, 2, 4).mean(axis=1)
    expected = -((queries[:, None] - means[None]) ** 2).sum(-1)
    found = VECTORS.similarity(queries, support, ONE_HOT)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_kernels_have_unit_diagonals() -> None:
    vectors = jax.random.normal(KEY, (5, 3))
    for geometry, features in ((STATES, states(KEY, 5)), (VECTORS, vectors)):
        gram = geometry.kernel(features, features)
        np.testing.assert_allclose(jnp.diag(gram), 1, atol=1e-5)
        np.testing.assert_allclose(gram, gram.T, atol=1e-6)


def test_without_support_every_class_is_alike() -> None:
    for geometry, features in ((STATES, states(KEY, 4)), (VECTORS, jnp.ones((4, 2)))):
        scores = geometry.similarity(features, features[:0], jnp.zeros((0, 3)))
        assert (scores == scores[:, :1]).all()
