"""Have the features moved? A two-sample test of each feature, new rows against training rows."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.evaluate.verdict import holm


class Drift(NamedTuple):
    """What a two-sample test found, feature by feature.

    n:          features that vary in either sample, and were tested
    moved:      indices of tested features whose distribution differs, most different first
    statistic:  Kolmogorov-Smirnov distance of each tested feature, 0 … 1, in the order of features
    """

    n: int
    moved: list[int]
    statistic: Float[np.ndarray, " n"]

    @property
    def share(self) -> float:
        """Share of the tested features that moved."""
        return len(self.moved) / max(self.n, 1)


def drift(
    known: Float[np.ndarray, "N d"], new: Float[np.ndarray, "M d"], confidence: float
) -> Drift:
    """Two-sample Kolmogorov-Smirnov tests, Holm-corrected over the features.

    New classes naturally have other features, so a few moved features are no alarm; many of them,
    or a large distance, may be. Rows of one class are not independent, so p-values are too small.
    """
    from scipy.stats import ks_2samp  # takes a second, and most reports have no stream

    features = [i for i in range(known.shape[1]) if np.ptp(known[:, i]) or np.ptp(new[:, i])]
    tests = [ks_2samp(known[:, i], new[:, i], method="asymp") for i in features]
    statistic = np.array([float(test.statistic) for test in tests])
    p = holm([float(test.pvalue) for test in tests]) if tests else []
    moved = [i for i, value in enumerate(p) if value < 1 - confidence]
    ranked = sorted(moved, key=lambda i: -statistic[i])
    return Drift(len(features), [features[i] for i in ranked], statistic)
