"""Kernels of very many rows from a few landmarks, with a bound on the error.

    K ≈ Φ Φᵀ,   Φ = C W^(−1/2),   C_il = k(row_i, landmark_l),   W_kl = k(landmark_k, landmark_l)

K − Φ Φᵀ is positive semi-definite for a positive semi-definite kernel (a Schur complement), so its
diagonal r_i = 1 − ‖Φ_i‖² bounds all of it: |K − Φ Φᵀ|_ij ≤ √(r_i r_j), its norm is at most Σ r_i.
Williams & Seeger 2000. N rows and m landmarks take N + m states and N m numbers, not N².
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Shaped

from fewqubit.errors import DataError
from fewqubit.states.gram_blocks import Cross, cross_in_blocks

_NOTHING = 1e-6  # of the largest eigenvalue of W: single precision knows no smaller ones


class Nystrom(NamedTuple):
    """Rows as features whose inner products are nearly the kernel.

    features:   Φ, at most as many columns as landmarks
    residuals:  r_i, from 0 (a landmark) to 1 (nothing like any of them)
    """

    features: Float[np.ndarray, "N rank"]
    residuals: Float[np.ndarray, " N"]

    @property
    def entry_bound(self) -> float:
        """No entry of the kernel is further from its approximation."""
        return float(self.residuals.max(initial=0.0))

    @property
    def norm_bound(self) -> float:
        """No eigenvalue of the difference is larger."""
        return float(self.residuals.sum())


def nystrom(
    kernel: Cross,
    rows: Shaped[np.ndarray, "N *row"],
    landmarks: Shaped[np.ndarray, "M *row"],
) -> Nystrom:
    """Φ of ``rows`` by ``landmarks``, in blocks of bounded memory.

    ``kernel`` is ``fidelity_cross`` or another with ones on the diagonal, exact and positive
    semi-definite. Raises ``DataError`` for no landmarks.
    """
    if not len(landmarks):
        raise DataError("landmarks: expected one row at least, got none; draw some of the rows")
    values, vectors = np.linalg.eigh(cross_in_blocks(kernel, landmarks, landmarks).astype(float))
    kept = values > _NOTHING * values.max()
    whitening = vectors[:, kept] / np.sqrt(values[kept])
    features = cross_in_blocks(kernel, rows, landmarks).astype(float) @ whitening
    return Nystrom(features, np.clip(1.0 - (features**2).sum(axis=1), 0.0, 1.0))
