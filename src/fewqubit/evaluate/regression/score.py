"""Explained variance of query numbers: R², episode by episode."""

import numpy as np
from jaxtyping import Float

NO_LEAST = -np.inf  # the score has no lower bound


def explained(
    answers: Float[np.ndarray, "... E q"], truth: Float[np.ndarray, "E q"]
) -> Float[np.ndarray, "... E"]:
    """1 − MSE_e / V of each episode e; V is the variance of all of ``truth``.

    Its mean over episodes is R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)² over all queries of all episodes.
    """
    errors = ((answers - truth) ** 2).mean(-1)
    return 1 - errors / max(float(truth.var()), 1e-12)


def nothing_confused(n: int) -> Float[np.ndarray, "true predicted"]:
    """An empty confusion matrix: regression has no classes to confuse."""
    return np.zeros((n, n))
