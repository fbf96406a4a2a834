"""Failed training seeds, identified before any test episode is answered.

No interval of accuracies from five seeds can cover a failure rate of one in five: a third of such
studies see no failure. So failures are counted, with the exact interval of their rate, and the
verdict is about the seeds that learned.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import betaincinv


class Failures(NamedTuple):
    """``failed`` of ``of`` seeds failed; ``low`` to ``high`` is the exact interval of the rate."""

    failed: int
    of: int
    low: float
    high: float

    @property
    def everywhere(self) -> bool:
        """Whether all seeds failed; then failure is systematic, and all seeds are compared."""
        return self.failed == self.of


def failed_seeds(
    validation: Sequence[float], chance: float, share: float
) -> Bool[np.ndarray, " seeds"]:
    """Seeds whose best accuracy on validation episodes is near chance or NaN.

    accuracy < chance + share · (1 − chance)
    """
    accuracy: Float[np.ndarray, " seeds"] = np.asarray(validation, dtype=float)
    return ~(accuracy >= chance + share * (1 - chance))


def failures(failed: Bool[np.ndarray, " seeds"], confidence: float) -> Failures:
    """Number of failed seeds, with the exact interval of the rate from beta quantiles.

    Source: Clopper and Pearson (1934), Biometrika 26, 404.
    """
    count, of, tail = int(failed.sum()), len(failed), (1 - confidence) / 2
    low = betaincinv(count, of - count + 1, tail) if count else 0.0
    high = betaincinv(count + 1, of - count, 1 - tail) if count < of else 1.0
    return Failures(count, of, float(low), float(high))
