"""What labels tokens, in scikit-learn's manners: ``fit`` on a support, then ``predict_proba``.

A ``FewShotClassifier`` is one. Here are the plain opponents, on the same vectors.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, Self

import numpy as np
from jaxtyping import Float


class Tagger(Protocol):
    """``fit`` learns from labelled vectors; ``predict_proba`` has columns in order ``classes_``."""

    classes_: np.ndarray

    def fit(self, X: Float[np.ndarray, "s d"], y: np.ndarray) -> object: ...

    def predict_proba(self, X: Float[np.ndarray, "q d"]) -> Float[np.ndarray, "q classes"]: ...


class NearestToken:
    """p ∝ exp(−min over the class's tokens of ‖x − s‖²): NNShot, Yang and Katiyar (2020)."""

    def fit(self, X: Float[np.ndarray, "s d"], y: np.ndarray) -> Self:
        self.classes_ = np.unique(y)
        self._shown = [X[y == one] for one in self.classes_]
        return self

    def predict_proba(self, X: Float[np.ndarray, "q d"]) -> Float[np.ndarray, "q classes"]:
        return _softmax(-np.stack([_distances(X, one).min(1) for one in self._shown], axis=1))


class Prototypes:
    """p ∝ exp(−‖x − mean of the class's tokens‖²)."""

    def fit(self, X: Float[np.ndarray, "s d"], y: np.ndarray) -> Self:
        self.classes_ = np.unique(y)
        self._means = np.stack([X[y == one].mean(0) for one in self.classes_])
        return self

    def predict_proba(self, X: Float[np.ndarray, "q d"]) -> Float[np.ndarray, "q classes"]:
        return _softmax(-_distances(X, self._means))


def _logistic(cost: float) -> Tagger:
    from sklearn.linear_model import LogisticRegression

    found: Tagger = LogisticRegression(C=cost, max_iter=500)
    return found


OPPONENTS: Mapping[str, Callable[[], Tagger]] = {
    "nnshot": NearestToken,
    "prototypes": Prototypes,
    "logistic_1": lambda: _logistic(1.0),
    "logistic_100": lambda: _logistic(100.0),
}


def _distances(
    x: Float[np.ndarray, "q d"], to: Float[np.ndarray, "s d"]
) -> Float[np.ndarray, "q s"]:
    """‖x − s‖²."""
    squares = (x**2).sum(1)[:, None] + (to**2).sum(1) - 2 * x @ to.T
    return np.maximum(squares, 0)


def _softmax(logits: Float[np.ndarray, "q c"]) -> Float[np.ndarray, "q c"]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
