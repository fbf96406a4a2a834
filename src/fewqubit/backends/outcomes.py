"""Readings of measured outcomes: means of products with one factor for each qubit and bit.

    value_f = mean over shots of Π_q w[f, q, bit_q]

(1, 0) on every qubit asks for 0…0, the fidelity of a compute-uncompute circuit; (1, -1) on some and
(1, 1) on the others for the parity of a Pauli string. Readout mitigation only changes the factors.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from qiskit.primitives import BitArray

_ROWS = 256


def all_zeros(n_qubits: int) -> Float[np.ndarray, "values q 2"]:
    """The share of 0…0."""
    return np.tile([1.0, 0.0], (1, n_qubits, 1))


def parities(masks: Int[np.ndarray, " values"], n_qubits: int) -> Float[np.ndarray, "values q 2"]:
    """(-1)^parity(outcome & mask) for every mask."""
    signs = 1.0 - 2.0 * (masks[:, None] >> np.arange(n_qubits) & 1)
    return np.stack([np.ones_like(signs), signs], axis=-1)


def ones(n_qubits: int) -> Float[np.ndarray, "q q 2"]:
    """The share of 1 of every qubit."""
    return np.where(np.eye(n_qubits, dtype=bool)[..., None], [0.0, 1.0], [1.0, 1.0])


def product_means(
    outcomes: BitArray, factors: Float[np.ndarray, "values q 2"]
) -> Float[np.ndarray, "rows values"]:
    """The means of all products, some rows at a time: unpacked, outcomes take eight times more."""
    parts = [outcomes[start : start + _ROWS] for start in range(0, outcomes.shape[0], _ROWS)]
    return np.concatenate([_means(part.to_bool_array(order="little"), factors) for part in parts])


def _means(
    bits: Bool[np.ndarray, "rows shots q"], factors: Float[np.ndarray, "values q 2"]
) -> Float[np.ndarray, "rows values"]:
    return np.stack([_product(bits, value).mean(axis=-1) for value in factors], axis=-1)


def _product(
    bits: Bool[np.ndarray, "rows shots q"], factors: Float[np.ndarray, "q 2"]
) -> Float[np.ndarray, "rows shots"]:
    product = np.ones(bits.shape[:-1])
    for qubit, (zero, one) in enumerate(factors):
        if (zero, one) != (1.0, 1.0):
            product *= np.where(bits[..., qubit], one, zero)
    return product
