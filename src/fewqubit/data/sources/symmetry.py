"""Are two sets of images, a digit and its rotation say, two classes, or one with two labels?"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.svm import SVC

DRAWS = 300
QUERIES = 20


class Separability(NamedTuple):
    """Accuracy of classifying the first set against the second; 0.5 is chance.

    trained:   RBF-SVM (C = 10), 5-fold cross-validation
    one_shot:  nearest neighbour, one image of each set; mean of ``DRAWS`` draws
    """

    trained: float
    one_shot: float


def separability(
    first: Float[np.ndarray, "N H W"], second: Float[np.ndarray, "M H W"], seed: int = 0
) -> Separability:
    """How well the sets separate; image k of both sets is always on the same side of a split.

    If the second set is the first one rotated, no classifier has thus seen a query's own image.
    """
    one, other = first.reshape(len(first), -1), second.reshape(len(second), -1)
    return Separability(_trained(one, other), _one_shot(one, other, np.random.default_rng(seed)))


def _trained(first: np.ndarray, second: np.ndarray) -> float:
    labels = np.repeat([0, 1], [len(first), len(second)])
    images = np.concatenate([np.arange(len(first)), np.arange(len(second))])
    rows, folds = np.concatenate([first, second]), GroupKFold(5)
    scores = cross_val_score(SVC(C=10, gamma="scale"), rows, labels, groups=images, cv=folds)
    return float(scores.mean())


def _one_shot(first: np.ndarray, second: np.ndarray, rng: np.random.Generator) -> float:
    shares = []
    for _ in range(DRAWS):
        places = rng.permutation(min(len(first), len(second)))
        same_class, other_class, queries = places[0], places[1], places[2 : QUERIES + 2]
        near = ((first[queries] - first[same_class]) ** 2).sum(axis=1)
        far = ((first[queries] - second[other_class]) ** 2).sum(axis=1)
        shares.append((near < far).mean())
    return float(np.mean(shares))
