"""exp(iφ) by polynomials is as good as NumPy's, and so are its derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.compiler.emit.cis import cis


@pytest.mark.parametrize(("reach", "tolerance"), [(4.0, 2e-7), (4000.0, 3e-7)])
def test_single_precision_over_small_and_large_phases(reach, tolerance):
    phases = np.linspace(-reach, reach, 100_001).astype(np.float32)
    got = np.asarray(cis(phases))
    np.testing.assert_allclose(got, np.exp(1j * phases.astype(float)), atol=tolerance)
    np.testing.assert_allclose(np.abs(got), 1, atol=3e-7)


def test_double_precision():
    with jax.enable_x64(True):
        phases = np.linspace(-50, 50, 1001)
        np.testing.assert_allclose(cis(phases), np.exp(1j * phases), atol=1e-14)


def test_derivatives_forward_and_backward():
    phase = jnp.float32(0.7)
    first = jax.grad(lambda p: cis(p).real)(phase)
    second = jax.grad(jax.grad(lambda p: cis(p).imag))(phase)
    np.testing.assert_allclose(first, -np.sin(0.7), atol=1e-6)
    np.testing.assert_allclose(second, -np.sin(0.7), atol=1e-6)
    np.testing.assert_allclose(jax.jacfwd(cis)(phase), 1j * np.exp(0.7j), atol=1e-6)
