"""Ridge head against scikit-learn's kernel ridge."""

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.kernel_ridge import KernelRidge

from fewqubit.models.heads import ridge_coefficients


def gram_of(seed: int, n: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, n + 2))
    return (rows @ rows.T).astype(np.float32)


def test_equals_kernel_ridge_of_scikit_learn() -> None:
    gram, one_hot = gram_of(0, 10), np.eye(5, dtype=np.float32).repeat(2, axis=0)
    ours = ridge_coefficients(jnp.asarray(gram), jnp.asarray(one_hot), 0.3)
    theirs = KernelRidge(alpha=0.3, kernel="precomputed").fit(gram, one_hot - 1 / 5).dual_coef_
    np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=1e-4)


def test_gradient_through_the_solution_equals_finite_differences() -> None:
    with jax.enable_x64(True):
        gram, one_hot = jnp.asarray(gram_of(1, 4), jnp.float64), jnp.eye(4)

        def loss(log_ridge: jax.Array) -> jax.Array:
            return (ridge_coefficients(gram, one_hot, jnp.exp(log_ridge)) ** 2).sum()

        h = 1e-5
        difference = (loss(jnp.array(0.1 + h)) - loss(jnp.array(0.1 - h))) / (2 * h)
        np.testing.assert_allclose(jax.grad(loss)(jnp.array(0.1)), difference, rtol=1e-6)


def test_an_empty_support_has_no_coefficients() -> None:
    assert ridge_coefficients(jnp.zeros((0, 0)), jnp.zeros((0, 3)), 1.0).shape == (0, 3)
