"""Expressibility of one state, of Haar-random states, and of a qubit that turns about one axis."""

import numpy as np
import pytest

from fewqubit.diagnostics import expressibility
from fewqubit.diagnostics.expressibility import BINS, haar_log_shares


@pytest.mark.parametrize("n_qubits", [1, 3, 8])
def test_one_state_is_as_far_from_haar_as_can_be(n_qubits: int):
    expected = (2**n_qubits - 1) * np.log(BINS)
    assert np.isclose(expressibility(np.ones(10), n_qubits), expected)


@pytest.mark.parametrize("n_qubits", [1, 2, 4])
def test_haar_random_states_are_at_zero(n_qubits: int):
    rng = np.random.default_rng(n_qubits)
    shape = (2, 20_000, 2**n_qubits)
    states = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    states /= np.linalg.norm(states, axis=-1, keepdims=True)
    fidelities = np.abs(np.sum(states[0].conj() * states[1], axis=-1)) ** 2
    assert 0.0 <= expressibility(fidelities, n_qubits) < 2 * BINS / (2 * 20_000)


def test_a_qubit_turned_about_one_axis():
    """F = cos²(φ/2), uniform φ, has the arcsine density; for one qubit Haar's is uniform."""
    fidelities = np.cos(np.linspace(0, np.pi, 200_001)[1::2] / 2) ** 2
    edges = np.arange(BINS + 1) / BINS
    share = np.diff(2 / np.pi * np.arcsin(np.sqrt(edges)))
    expected = np.sum(share * np.log(share * BINS))
    assert np.isclose(expressibility(fidelities, 1), expected, rtol=1e-3)


def test_shares_of_the_bins_add_up():
    assert np.isclose(np.exp(haar_log_shares(8)).sum(), 1.0)
