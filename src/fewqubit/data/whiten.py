"""Whitening: what varies within classes of meta-training is made to weigh the same everywhere."""

import numpy as np
from jaxtyping import Float, Int


def within_classes(
    rows: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"], shrinkage: float, between: float = 0.0
) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, "d d"]]:
    """Mean m and the map A W with which features are A W (x − m).

    W = (S + λ tr(S)/d · 1)^(−½), S the covariance within classes: (1/N) Σ (x − μ_y)(x − μ_y)ᵀ.
    A = (1 + b B / mean of B's positive eigenvalues)^(½), B the covariance of the whitened means.

    rows:       of meta-train classes alone, y their classes
    shrinkage:  λ > 0; the larger, the nearer W is to a multiple of the identity
    between:    b ≥ 0; 0 leaves A = 1

    W is Fisher's metric with a ridge (Hastie, Tibshirani and Friedman 2009, §4.3): a direction in
    which texts or pictures of one class differ anyhow says little about classes, unseen ones
    included. A says the converse: where known classes differ, unseen ones may, too. Discriminant
    analysis keeps these directions alone; here the others stay, at weight 1.
    """
    x = rows.astype(np.float64)
    means, members = _means(x, y)
    within = x - means[members]
    covariance = within.T @ within / len(x)
    ridge = shrinkage * np.trace(covariance) / len(covariance)
    if ridge == 0:  # rows of a class are all alike: nothing is to be whitened
        return x.mean(axis=0), np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(covariance)
    whole = (vectors / np.sqrt(np.maximum(values, 0) + ridge)) @ vectors.T
    return x.mean(axis=0), _weighed(means @ whole, between) @ whole


def _means(
    x: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"]
) -> tuple[Float[np.ndarray, "C d"], Int[np.ndarray, " N"]]:
    """The mean of each class, and which one each row is of."""
    _, members = np.unique(y, return_inverse=True)
    counts = np.bincount(members)
    means = np.zeros((len(counts), x.shape[1]))
    np.add.at(means, members, x)
    return means / counts[:, None], members


def _weighed(means: Float[np.ndarray, "C d"], between: float) -> Float[np.ndarray, "d d"]:
    """A, from the singular values of the means: there are fewer of them than numbers in a row."""
    around = means - means.mean(axis=0)
    _, singular, axes = np.linalg.svd(around, full_matrices=False)
    values = singular**2 / len(means)
    positive = values > 1e-12 * values.max(initial=0)
    if not between or not positive.any():
        return np.eye(means.shape[1])
    axes, values = axes[positive], values[positive]
    stretch = np.sqrt(1 + between * values / values.mean()) - 1
    return np.eye(means.shape[1]) + (axes.T * stretch) @ axes
