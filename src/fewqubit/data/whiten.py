"""Whitening: what varies within classes of meta-training is made to weigh the same everywhere."""

import numpy as np
from jaxtyping import Float, Int


def within_classes(
    rows: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"], shrinkage: float
) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, "d d"]]:
    """Mean m and the symmetric map W with which features are W (x − m).

    W = (S + λ tr(S)/d · 1)^(−½), S the covariance within classes: (1/N) Σ (x − μ_y)(x − μ_y)ᵀ.

    rows:       of meta-train classes alone, y their classes
    shrinkage:  λ > 0; the larger, the nearer W is to a multiple of the identity

    Fisher's metric with a ridge (Hastie, Tibshirani and Friedman 2009, §4.3): a direction in which
    texts or pictures of one class differ anyhow says little about classes, unseen ones included.
    """
    x = rows.astype(np.float64)
    _, members = np.unique(y, return_inverse=True)
    counts = np.bincount(members)
    means = np.zeros((len(counts), x.shape[1]))
    np.add.at(means, members, x)
    within = x - (means / counts[:, None])[members]
    covariance = within.T @ within / len(x)
    ridge = shrinkage * np.trace(covariance) / len(covariance)
    if ridge == 0:  # rows of a class are all alike: nothing is to be whitened
        return x.mean(axis=0), np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(covariance)
    return x.mean(axis=0), (vectors / np.sqrt(np.maximum(values, 0) + ridge)) @ vectors.T
