"""The exact backend: blocks and light cones do not show, derivatives go through."""

import jax
import jax.numpy as jnp
import numpy as np
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.exact import exact
from fewqubit.circuits.feature_maps import reuploading
from fewqubit.states import gram_blocks

CIRCUIT = reuploading(3, 2, 0.7)
X = np.random.default_rng(0).normal(size=(9, 3)).astype(np.float32)
THETA, KEY = jnp.linspace(-1.0, 1.0, 18), jax.random.key(0)


def test_blocks_do_not_show(monkeypatch):
    whole = exact(CIRCUIT)
    expected = whole.gram(X, THETA, KEY), whole.cross(X[:4], X, THETA, KEY)
    monkeypatch.setattr(gram_blocks, "BLOCK_BYTES", 2**11)
    blocks = exact(CIRCUIT)
    found = blocks.gram(X, THETA, KEY), blocks.cross(X[:4], X, THETA, KEY)
    for left, right in zip(found, expected, strict=True):
        np.testing.assert_allclose(left.values, right.values, atol=1e-6)
        assert left.bill == right.bill


def test_kernels_have_derivatives():
    gram = lambda theta: exact(CIRCUIT).gram(X, theta, KEY).values  # noqa: E731
    value, slope = jax.jvp(gram, (THETA,), (jnp.ones(18),))
    np.testing.assert_allclose(value, exact(CIRCUIT).gram(X, THETA, KEY).values, atol=1e-6)
    step = 1e-2
    around = [exact(CIRCUIT).gram(X, THETA + sign * step, KEY).values for sign in (1, -1)]
    np.testing.assert_allclose(slope, (around[0] - around[1]) / (2 * step), atol=1e-2)


def test_the_same_operators_are_compiled_once():
    evaluator, operators = exact(CIRCUIT), [SparsePauliOp("IIZ"), SparsePauliOp("XYI")]
    first, second = (evaluator.expectations(X, THETA, operators, KEY).values for _ in range(2))
    assert first.shape == (9, 2)
    np.testing.assert_array_equal(first, second)
