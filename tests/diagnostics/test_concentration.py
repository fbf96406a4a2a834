"""Concentration, rank and shots of matrices whose answers are known."""

import jax.numpy as jnp
import numpy as np

from fewqubit.diagnostics import concentration, effective_rank, shots_per_entry, target_kernel


def test_concentration_looks_off_the_diagonal_only():
    gram = jnp.eye(4) + 0.25 * (1 - jnp.eye(4))
    mean, variance = concentration(gram)
    assert np.isclose(mean, 0.25)
    assert np.isclose(variance, 0.0)


def test_effective_rank_counts_orthogonal_states():
    assert np.isclose(effective_rank(jnp.eye(4)), 4.0)
    assert np.isclose(effective_rank(jnp.ones((4, 4))), 1.0, atol=1e-3)
    classes = jnp.array([0, 0, 1, 1, 2, 2])
    assert np.isclose(effective_rank(target_kernel(classes)), 3.0, rtol=1e-5)


def test_that_many_shots_resolve_the_entries():
    rng = np.random.default_rng(0)
    states = rng.normal(size=(60, 4)) + 1j * rng.normal(size=(60, 4))
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    gram = np.abs(states @ states.conj().T) ** 2
    shots = round(shots_per_entry(gram, relative_error=0.1))
    entries = gram[np.triu_indices(60, 1)]
    measured = rng.binomial(shots, entries) / shots
    error = np.sqrt(np.mean((measured - entries) ** 2))
    assert np.isclose(error, 0.1 * entries.std(), rtol=0.1)


def test_no_number_of_shots_tells_equal_entries_apart():
    assert shots_per_entry(np.eye(3) / 2 + 0.5) == np.inf
