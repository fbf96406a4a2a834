"""How much a mean accuracy depends on which classes were tested: classes are a sample too.

An episode has a few of the test classes, and a class occurs in many episodes. These episodes share
the learner's skill on that class. So 600 episodes of ten classes say less about new classes than
600 independent numbers would.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

MIN_CLASSES = 10  # independent test classes needed to estimate the spread over new classes


class ClassSpread(NamedTuple):
    """Uncertainty of a mean due to the sampled classes; leading axes are those of the cells.

    variance:  variance of the mean due to the sampled classes
    overlap:   the part of it that the variance over episodes also contains
    n:         number of independent classes: groups, if several classes share an origin
    """

    variance: Float[np.ndarray, "..."]
    overlap: Float[np.ndarray, "..."]
    n: int


def class_spread(
    cells: Float[np.ndarray, "... seeds episodes n_way"], groups: Int[np.ndarray, "episodes n_way"]
) -> ClassSpread:
    """Variance of the mean over seeds, episodes and places in them, clustered by group of classes.

        sum_g     = Σ over the cells of group g of (mean over seeds − mean)
        variance  = G/(G−1) [Σ_g sum_g² − Σ_s Σ_g own_sg² / (S(S−1))] / (E·W)²
        overlap   = Σ_cells (mean over seeds − mean)² / (E·W)²

    cells: accuracy on class w of episode e by seed s; own_sg: the same sums for the deviations of
    seed s from the mean over seeds, which the variance over seeds already counts. Variation of one
    class in one episode is in both the variance over classes and that over episodes; subtracting
    ``overlap`` from their sum counts it once.
    Source: two-way clustering, Cameron, Gelbach and Miller (2011), J. Bus. Econ. Stat. 29, 238.
    """
    n_seeds, n_cells = cells.shape[-3], groups.size
    _, places = np.unique(groups, return_inverse=True)
    n = int(places.max()) + 1
    member = np.eye(n)[places.ravel()]
    flat = cells.reshape(*cells.shape[:-2], n_cells)
    flat = flat - flat.mean(-1, keepdims=True)
    shared = flat.mean(-2)
    sums = (np.einsum("...c,cg->...g", shared, member) ** 2).sum(-1)
    if n_seeds > 1:
        own = np.einsum("...sc,cg->...sg", flat - shared[..., None, :], member)
        sums = np.maximum(sums - (own**2).sum((-2, -1)) / (n_seeds * (n_seeds - 1)), 0)
    overlap = (shared**2).sum(-1) / n_cells**2
    return ClassSpread(sums * n / max(n - 1, 1) / n_cells**2, overlap, n)
