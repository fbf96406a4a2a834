"""Figures of a walk through a stream: accuracy, forgetting, transfer, plasticity.

R[i, j] is the accuracy on group j's frozen episodes after step i, b[j] that of the initial
parameters. Every figure is a weighted sum of R and b. So intervals and paired differences of two
learners are computed as for a mean.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.meta.streams.answered import Answered


class Weights(NamedTuple):
    """A figure: Σ after[i, j] R[i, j] + Σ before[j] b[j]."""

    after: Float[np.ndarray, "G G"]
    before: Float[np.ndarray, " G"]


def average_accuracy(n: int) -> Weights:
    """ACC = 1/G Σ_j R[G−1, j]: over all groups, at the end (Lopez-Paz, Ranzato 2017, §2)."""
    after = np.zeros((n, n))
    after[-1] = 1 / n
    return Weights(after, np.zeros(n))


def backward_transfer(n: int) -> Weights:
    """BWT = 1/(G−1) Σ_{j<G−1} (R[G−1, j] − R[j, j]); below 0 is forgetting (ibid.)."""
    after = np.zeros((n, n))
    after[-1, :-1] = 1 / max(n - 1, 1)
    after[range(n - 1), range(n - 1)] -= 1 / max(n - 1, 1)
    return Weights(after, np.zeros(n))


def forward_transfer(n: int) -> Weights:
    """FWT = 1/(G−1) Σ_{j>0} (R[j−1, j] − b[j]): a group's accuracy before it is learned (ibid.)."""
    after, before = np.zeros((n, n)), np.zeros(n)
    after[range(n - 1), range(1, n)] = 1 / max(n - 1, 1)
    before[1:] = -1 / max(n - 1, 1)
    return Weights(after, before)


def learned(n: int) -> Weights:
    """1/G Σ_j R[j, j]: accuracy on each group just after it was learned."""
    return Weights(np.eye(n) / n, np.zeros(n))


def plasticity(n: int) -> Weights:
    """Slope of R[j, j] over j by least squares: Σ_j w_j R[j, j], w_j = (j − j̄)/Σ(j − j̄)².

    In accuracy per group. Below 0, later groups are learned worse than earlier ones.
    """
    j = np.arange(n) - (n - 1) / 2
    return Weights(np.diag(j / max((j**2).sum(), 1)), np.zeros(n))


def forgetting(mean: Float[np.ndarray, "G G"]) -> Weights:
    """1/(G−1) Σ_{j<G−1} (max_{j≤l<G−1} R[l, j] − R[G−1, j]) (Chaudhry et al. 2018, 1801.10112).

    The step l of the maximum is taken from ``mean``, R averaged over seeds and episodes; with l
    fixed, the figure is a weighted sum. A maximum is biased upward, more so with more noise.
    """
    n = len(mean)
    after = np.zeros((n, n))
    for j in range(n - 1):
        best = j + int(np.argmax(mean[j : n - 1, j]))
        after[best, j] += 1 / (n - 1)
        after[-1, j] -= 1 / (n - 1)
    return Weights(after, np.zeros(n))


FIXED = {
    "average_accuracy": average_accuracy,
    "backward_transfer": backward_transfer,
    "forward_transfer": forward_transfer,
    "learned": learned,
    "plasticity": plasticity,
}
MORE_IS_BETTER = (*FIXED,)
NAMES = (*FIXED, "forgetting")


def weights_of(name: str, answered: Answered) -> Weights:
    """The weights of one of ``NAMES``."""
    if name == "forgetting":
        return forgetting(answered.after.mean((2, 3)))
    return FIXED[name](len(answered.before))


def cells(weights: Weights, answered: Answered) -> Float[np.ndarray, "S E G"]:
    """For each seed, episode number e, and group: its share of the figure, times G.

    The mean over groups is the figure computed from episode e of every group; the mean over all
    axes is the figure. Episodes of different groups share nothing but their number.
    """
    n = len(answered.before)
    after = np.where(weights.after[..., None, None] == 0, 0.0, answered.after)
    share = np.einsum("ij,ijse->sej", weights.after, after)
    before = np.where(weights.before[:, None, None] == 0, 0.0, answered.before)
    return n * (share + np.einsum("j,jse->sej", weights.before, before))


def first_steps(answered: Answered, n: int) -> Answered:
    """The accuracies of the stream's first ``n`` groups."""
    return Answered(answered.after[:n, :n], answered.before[:n])
