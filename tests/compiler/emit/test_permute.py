"""A permutation, its batching and its derivatives are gathers."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.compiler.emit.permute import Permutation, permute

INDEX = np.array([2, 0, 3, 1])
P = Permutation.of(INDEX)
X = jnp.arange(12.0).reshape(3, 4) + 1j


def test_values_and_batches_on_any_axis():
    np.testing.assert_array_equal(permute(X, P), X[:, INDEX])
    np.testing.assert_array_equal(jax.vmap(lambda v: permute(v, P))(X), X[:, INDEX])
    columns = jax.vmap(lambda v: permute(v, P), in_axes=1, out_axes=1)(X.T)
    np.testing.assert_array_equal(columns, X[:, INDEX].T)


def test_inverse_and_equality():
    np.testing.assert_array_equal(permute(permute(X, P), P.inverse), X)
    assert P.inverse.inverse == P
    assert hash(Permutation.of(INDEX)) == hash(P)


def test_derivatives_equal_those_of_indexing_and_scatter_nothing():
    weights = jnp.arange(4.0)
    ours = lambda v: jnp.sum(weights * permute(v, P) ** 3)  # noqa: E731
    plain = lambda v: jnp.sum(weights * v[INDEX] ** 3)  # noqa: E731
    v = jnp.array([0.3, -1.0, 2.0, 0.5])
    np.testing.assert_allclose(jax.grad(ours)(v), jax.grad(plain)(v))
    np.testing.assert_allclose(jax.hessian(ours)(v), jax.hessian(plain)(v))
    assert "scatter" not in jax.jit(jax.grad(ours)).lower(v).as_text()
