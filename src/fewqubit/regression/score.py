"""What is explained of the numbers that episodes ask for: R², episode by episode."""

import numpy as np
from jaxtyping import Float

NO_LEAST = -np.inf  # a task may be answered as badly as one likes


def explained(
    answers: Float[np.ndarray, "... E q"], truth: Float[np.ndarray, "E q"]
) -> Float[np.ndarray, "... E"]:
    """1 − MSE_e / V of each episode e; V is the variance of all of ``truth``.

    Its mean over the episodes is R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over all queries of all of them.
    """
    errors = ((answers - truth) ** 2).mean(-1)
    return 1 - errors / max(float(truth.var()), 1e-12)


def nothing_confused(n: int) -> Float[np.ndarray, "true predicted"]:
    """Numbers are not mistaken for one another."""
    return np.zeros((n, n))
