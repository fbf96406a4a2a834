"""Variants of prototypes: by angle, and by a covariance learned from the meta-train classes."""

import numpy as np
from jaxtyping import Float, Int

from fewqubit.tasks import Task


def one_hot(y: Int[np.ndarray, "episodes s"]) -> Float[np.ndarray, "episodes s n_way"]:
    """One-hot labels."""
    return np.eye(int(y.max()) + 1)[y]


def class_means(
    x: Float[np.ndarray, "episodes s d"], y: Int[np.ndarray, "episodes s"]
) -> Float[np.ndarray, "episodes n_way d"]:
    """The mean of every class's rows."""
    member = one_hot(y)
    return np.einsum("esc,esd->ecd", member, x) / member.sum(1)[..., None]


def unit(x: Float[np.ndarray, "... d"]) -> Float[np.ndarray, "... d"]:
    """Rows scaled to length 1; a row of zeros stays."""
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)


def cosine(tasks: Task) -> Float[np.ndarray, "episodes q n_way"]:
    """cos of the angle to the mean of a class's unit rows.

    With rows centred by the mean of the meta-train classes this is CL2N of SimpleShot (Wang, Chao,
    Weinberger, van der Maaten 2019, arXiv 1911.04623). Deviation: SimpleShot uses the distance
    instead of the angle; for means of equal length both give the same order.
    """
    means = unit(class_means(unit(tasks.support_x), tasks.support_y))
    return unit(tasks.query_x) @ np.swapaxes(means, 1, 2)


def whitening(
    x: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"], shrinkage: float
) -> Float[np.ndarray, "d d"]:
    """Σ^−½ of the rows' covariance within classes, Σ = (1 − a) W + a (tr W / d) 1.

    Distances between rows times this matrix are Mahalanobis distances. Nearest prototypes in them
    are linear discriminant analysis with shrinkage a (Ledoit, Wolf 2004) and equal priors.
    """
    classes, number = np.unique(y, return_inverse=True)
    counts = np.bincount(number)
    means = np.zeros((len(classes), x.shape[1]))
    np.add.at(means, number, x)
    off = x - (means / counts[:, None])[number]
    within = off.T @ off / max(len(x) - len(classes), 1)
    sphere = np.trace(within) / len(within)
    if sphere <= 0:  # one row per class, or equal rows: no covariance
        return np.eye(len(within))
    values, vectors = np.linalg.eigh(
        (1 - shrinkage) * within + shrinkage * sphere * np.eye(x.shape[1])
    )
    return (vectors / np.sqrt(np.maximum(values, 1e-6 * sphere))) @ vectors.T


def cosine_head(
    tasks: Task, scale: float, steps: int, rate: float = 0.1
) -> Float[np.ndarray, "episodes q n_way"]:
    """Logits s cos(z, w_c); w_c starts at the class mean, then ``steps`` of gradient descent.

    The head of Baseline++ (Chen, Liu, Kira, Wang, Huang 2019, arXiv 1904.04232, §3.2), trained on
    the support. Deviation: theirs starts at random; with few rows the mean is a better start.
    """
    z, member = unit(tasks.support_x), one_hot(tasks.support_y)
    heads = unit(class_means(z, tasks.support_y))
    for _ in range(steps):
        logits = scale * z @ np.swapaxes(heads, 1, 2)
        logits -= logits.max(axis=-1, keepdims=True)
        chances = np.exp(logits)
        error = chances / chances.sum(axis=-1, keepdims=True) - member
        slope = np.swapaxes(error, 1, 2) @ z
        slope -= (slope * heads).sum(-1, keepdims=True) * heads  # along the sphere
        heads = unit(heads - rate * slope)
    return scale * unit(tasks.query_x) @ np.swapaxes(heads, 1, 2)
