"""Alignment at its known extremes."""

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.quantum.diagnostics import alignment, centred_alignment, target_kernel

LABELS = jnp.array([0, 0, 1, 1, 2, 2])


def test_the_target_kernel_knows_the_classes():
    assert np.isclose(centred_alignment(target_kernel(LABELS), LABELS), 1.0)
    assert np.isclose(alignment(jnp.eye(6), target_kernel(LABELS)), 6 / np.sqrt(6 * 12))


def test_centring_takes_from_a_kernel_what_says_nothing():
    plain = jnp.eye(6) + 0.1 * target_kernel(LABELS)
    shifted = plain + 5.0
    np.testing.assert_allclose(
        centred_alignment(shifted, LABELS), centred_alignment(plain, LABELS), rtol=1e-4
    )


def test_alignment_has_a_gradient():
    gram = jnp.eye(6) + 0.1
    assert jnp.isfinite(jax.grad(centred_alignment)(gram, LABELS)).all()
