"""Sets of qubits as integers, and the signs that phases of parities are made of."""

from collections.abc import Iterable

import numpy as np


def mask_of(qubits: Iterable[int]) -> int:
    """The integer with the bits of ``qubits`` set."""
    return sum(1 << qubit for qubit in set(qubits))


def parity_signs(masks: np.ndarray, n_qubits: int) -> np.ndarray:
    """(-1)^parity(b & m) for every basis state b and mask m, [2**n, masks]."""
    shared = np.arange(2**n_qubits)[:, None] & masks[None, :]
    return 1.0 - 2.0 * (np.bitwise_count(shared) & 1)
