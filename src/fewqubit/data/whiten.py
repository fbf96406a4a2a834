"""Whitening: variation within meta-train classes gets equal variance in all directions."""

import numpy as np
from jaxtyping import Float, Int

from fewqubit.data.contrast import contrast


def within_classes(
    rows: Float[np.ndarray, "N d"],
    y: Int[np.ndarray, " N"],
    shrinkage: float,
    between: float = 0.0,
    contrasted: float = 0.0,
) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, "d d"]]:
    """Mean m and the map C A W; features are C A W (x − m).

    W = (S + λ tr(S)/d · 1)^(−½), S the covariance within classes: (1/N) Σ (x − μ_y)(x − μ_y)ᵀ.
    A = (1 + b B / mean of B's positive eigenvalues)^(½), B the covariance of the whitened means.
    C = (1 + c² M Mᵀ d / tr(M Mᵀ))^(½), M learned by ``contrast`` on the rows after A W.

    rows:        rows of meta-train classes only; y are their classes
    shrinkage:   λ > 0; for large λ, W is close to a multiple of the identity
    between:     b ≥ 0; for 0, A = 1
    contrasted:  c ≥ 0; for 0, C = 1. Angles are those of rows z followed by c z M

    W is Fisher's metric with a ridge (Hastie, Tibshirani and Friedman 2009, §4.3): a direction in
    which texts or pictures of one class vary says little about classes, unseen ones included. A
    uses the converse: in directions where known classes differ, unseen ones may differ too.
    Discriminant analysis keeps only these directions; here the others stay, at weight 1.
    """
    x = rows.astype(np.float64)
    means, members = _means(x, y)
    within = x - means[members]
    covariance = within.T @ within / len(x)
    ridge = shrinkage * np.trace(covariance) / len(covariance)
    if ridge == 0:  # rows of a class are all alike: nothing is to be whitened
        return x.mean(axis=0), np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(covariance)
    whitening = (vectors / np.sqrt(np.maximum(values, 0) + ridge)) @ vectors.T
    mean, whole = x.mean(axis=0), _weighed(means @ whitening, between) @ whitening
    return mean, _told_apart((x - mean) @ whole.T, y, contrasted) @ whole


def _means(
    x: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"]
) -> tuple[Float[np.ndarray, "C d"], Int[np.ndarray, " N"]]:
    """The mean of each class, and the index of each row's class in it."""
    _, members = np.unique(y, return_inverse=True)
    counts = np.bincount(members)
    means = np.zeros((len(counts), x.shape[1]))
    np.add.at(means, members, x)
    return means / counts[:, None], members


def _weighed(means: Float[np.ndarray, "C d"], between: float) -> Float[np.ndarray, "d d"]:
    """A, from the singular values of the means, which are fewer than the numbers in a row."""
    around = means - means.mean(axis=0)
    _, singular, axes = np.linalg.svd(around, full_matrices=False)
    values = singular**2 / len(means)
    positive = values > 1e-12 * values.max(initial=0)
    if not between or not positive.any():
        return np.eye(means.shape[1])
    axes, values = axes[positive], values[positive]
    stretch = np.sqrt(1 + between * values / values.mean()) - 1
    return np.eye(means.shape[1]) + (axes.T * stretch) @ axes


def _told_apart(
    rows: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"], contrasted: float
) -> Float[np.ndarray, "d d"]:
    """C, from a map that contrast learns on the rows."""
    one = np.eye(rows.shape[1])
    if not contrasted:
        return one
    learned = contrast(rows, y)
    square = learned @ learned.T
    square *= len(square) / np.trace(square)
    values, vectors = np.linalg.eigh(one + contrasted**2 * square)
    root: np.ndarray = (vectors * np.sqrt(values)) @ vectors.T
    return root
