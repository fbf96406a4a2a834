"""Means of products over bits, against the bits written out."""

import numpy as np
from qiskit.primitives import BitArray

from fewqubit.backends.outcomes import all_zeros, ones, parities, product_means

OUTCOMES = np.random.default_rng(0).random((300, 50, 3)) < 0.4
READ = BitArray.from_bool_array(OUTCOMES, order="little")


def test_shares_of_zeros_and_ones():
    zeros = (~OUTCOMES.any(-1)).mean(-1, keepdims=True)
    np.testing.assert_allclose(product_means(READ, all_zeros(3)), zeros)
    np.testing.assert_allclose(product_means(READ, ones(3)), OUTCOMES.mean(1))


def test_parities():
    """Mask 5 is the qubits 0 and 2."""
    odd = OUTCOMES[..., 0] ^ OUTCOMES[..., 2]
    got = product_means(READ, parities(np.array([5, 0]), 3))
    np.testing.assert_allclose(got[:, 0], 1 - 2 * odd.mean(-1))
    np.testing.assert_allclose(got[:, 1], 1)
