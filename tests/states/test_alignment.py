"""Alignment at its known extremes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile
from fewqubit.states.alignment import alignment, centred_alignment, most_aligned, target_kernel
from fewqubit.states.kernels import fidelity_gram

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


@pytest.mark.parametrize("centre", [False, True])
def test_alignment_of_a_trainable_kernel_has_the_gradient_of_finite_differences(centre):
    circuit = FEATURE_MAPS["reuploading"](2, 2, 0.7)
    rows = np.random.default_rng(0).normal(size=(6, 2))
    with jax.enable_x64(True):
        state = compile(circuit, vector(circuit, "x"), vector(circuit, "θ"), jnp.complex128)

        def score(theta):
            gram = fidelity_gram(jax.vmap(state, (0, None))(rows, theta))
            if centre:
                return centred_alignment(gram, LABELS)
            return alignment(gram, target_kernel(LABELS))

        theta, step = np.random.default_rng(1).normal(size=12), 1e-5
        gradient = jax.jit(jax.grad(score))(theta)
        around = jax.jit(jax.vmap(score))(
            np.concatenate([theta + step * np.eye(12), theta - step * np.eye(12)])
        )
    np.testing.assert_allclose(gradient, (around[:12] - around[12:]) / (2 * step), atol=1e-7)


def test_the_kernel_that_knows_the_classes_is_chosen_for_every_task_under_jit():
    """Three kernels, tasks whose classes are seen by another one each; constant ones never win."""
    partitions = jnp.array([[0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 1, 2]])
    noise = 0.1 * jnp.abs(jax.random.normal(jax.random.key(0), (6, 6)))
    knowing = jax.vmap(target_kernel)(partitions) + noise + noise.T
    grams = jnp.concatenate([jnp.ones((1, 6, 6)), knowing])
    chosen = jax.jit(jax.vmap(most_aligned, (None, 0)))(grams, partitions)
    assert chosen.tolist() == [1, 2]
