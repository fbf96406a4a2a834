"""Support vector machines of many episodes, one-versus-one, several episodes in a fit.

A fit and its answers cost scikit-learn 2 ms of checks and libsvm 0.1 ms of work. A machine for a
pair of classes sees no row of others. So the classes of several episodes can be in one fit, each
under a number of its own: the machines of pairs within an episode are, bit for bit, those of a fit
to that episode alone, and the others are left unasked.
"""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

if TYPE_CHECKING:
    from sklearn.svm import SVC

SAME = 1e-12  # libsvm takes rows to be at least so far apart
CLASSES_AT_ONCE = 20  # their pairs grow with the square; scikit-learn warns of more with a row each


def one_versus_one(
    gram: Float[np.ndarray, "episodes n n"],
    y: Int[np.ndarray, "episodes n"],
    cross: Float[np.ndarray, "episodes q n"],
    cost: float,
) -> Float[np.ndarray, "episodes q n_way"]:
    """Votes of the machines, refined by their decision values; for two classes ∓ the value itself.

    As ``SVC(C=cost, kernel="precomputed").fit(gram, y).decision_function(cross)``, by episode.
    """
    n_way = int(y.max()) + 1
    if y.shape[1] == n_way and (np.sort(y, axis=1) == np.arange(n_way)).all():
        return _logits(_of_single_rows(gram, y, cross, cost), n_way)
    import sklearn  # takes a second, and most baselines do not need it
    from sklearn.svm import SVC

    at_once, logits = max(CLASSES_AT_ONCE // n_way, 1), np.empty((*cross.shape[:2], n_way))
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        machine = SVC(C=cost, kernel="precomputed", decision_function_shape="ovo")
        for start in range(0, len(gram), at_once):
            some = slice(start, start + at_once)
            values = _values(machine, gram[some], y[some], cross[some], n_way)
            logits[some] = _logits(values, n_way)
    return logits


def _of_single_rows(
    gram: Float[np.ndarray, "episodes n n"],
    y: Int[np.ndarray, "episodes n"],
    cross: Float[np.ndarray, "episodes q n"],
    cost: float,
) -> Float[np.ndarray, "episodes q pairs"]:
    """Decision values where each class has one row: libsvm's first step, which is its last.

    f(q) = a (K(q, 1) − K(q, 2) − (K₁₁ − K₂₂) / 2),     a = min(2 / (K₁₁ + K₂₂ − 2 K₁₂), cost)
    """
    row = np.argsort(y, axis=1)
    first, second = (row[:, part] for part in np.triu_indices(row.shape[1], 1))
    episode = np.arange(len(row))[:, None]
    own, other = gram[episode, first, first], gram[episode, second, second]
    apart = own + other - 2 * gram[episode, first, second]
    weight = np.minimum(2 / np.maximum(apart, SAME), cost)
    nearer = np.take_along_axis(cross, first[:, None], 2)
    nearer -= np.take_along_axis(cross, second[:, None], 2)
    return weight[:, None] * (nearer - (own - other)[:, None] / 2)


def _values(
    machine: "SVC", gram: np.ndarray, y: np.ndarray, cross: np.ndarray, n_way: int
) -> Float[np.ndarray, "episodes q pairs"]:
    """Decision values of the pairs of classes of each episode; positive for the first of a pair."""
    n_episodes, n_query, _ = cross.shape
    episode = np.arange(n_episodes)
    labels = (y + n_way * episode[:, None]).ravel()
    found = machine.fit(_on_diagonal(gram), labels).decision_function(_on_diagonal(cross))
    if found.ndim == 1:  # of two classes in all; scikit-learn gives these the other sign
        found = -found[:, None]
    found = found.reshape(n_episodes, n_query, -1)
    column = np.zeros((n_episodes * n_way,) * 2, int)
    column[np.triu_indices(len(column), 1)] = np.arange(found.shape[-1])
    first, second = (n_way * episode[:, None] + part for part in np.triu_indices(n_way, 1))
    return np.take_along_axis(found, column[first, second][:, None], axis=-1)


def _on_diagonal(blocks: Float[np.ndarray, "episodes m n"]) -> np.ndarray:
    """One matrix with ``blocks`` along its diagonal, and 0 elsewhere."""
    n_blocks, m, n = blocks.shape
    whole, block = np.zeros((n_blocks, m, n_blocks, n)), np.arange(n_blocks)
    whole[block, :, block] = blocks
    return whole.reshape(n_blocks * m, n_blocks * n)


def _logits(
    values: Float[np.ndarray, "episodes q pairs"], n_way: int
) -> Float[np.ndarray, "episodes q n_way"]:
    return np.stack([values, -values], -1)[..., 0, :] if n_way == 2 else _votes(values)


def _votes(values: Float[np.ndarray, "episodes q pairs"]) -> Float[np.ndarray, "episodes q n_way"]:
    """A vote of each pair for one of its classes, plus s/(3|s| + 3), s a class's sum of values.

    As scikit-learn does it: the second term decides between equal numbers of votes alone.
    """
    n_way = round((1 + np.sqrt(1 + 8 * values.shape[-1])) / 2)
    votes, sums = np.zeros((2, *values.shape[:2], n_way))
    for pair, (first, second) in enumerate(combinations(range(n_way), 2)):
        value = values[..., pair]
        sums[..., first] += value
        sums[..., second] -= value
        votes[..., first] += value >= 0
        votes[..., second] += value < 0
    return votes + sums / (3 * (np.abs(sums) + 1))
