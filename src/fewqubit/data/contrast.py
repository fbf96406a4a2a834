"""A linear map that tells meta-train classes apart, learned by contrasting their rows."""

import numpy as np
from jaxtyping import Bool, Float, Int

STEPS, REACH = 100, 0.4  # of Adam; its first rate is REACH / d: a map of d × d entries turns alike
DECAY_MEAN, DECAY_SQUARE, TINY = 0.9, 0.999, 1e-8  # its usual constants
TEMPERATURE = 0.1
CLASSES, ROWS = 50, 6  # most classes of a step, and most rows of each


def contrast(rows: Float[np.ndarray, "N d"], y: Int[np.ndarray, " N"]) -> Float[np.ndarray, "d d"]:
    """M: after x → x M, rows of one class are close by angle, and rows of two are apart.

    M starts at 1; each of a few steps of Adam (Kingma and Ba 2015) lowers the loss of some rows of
    some classes. Which ones is random, but the same each time. A class with one row has no part.
    """
    classes, counts = np.unique(y, return_counts=True)
    classes = classes[counts > 1]
    weights = np.eye(rows.shape[1])
    if len(classes) < 2:
        return weights
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    x, random = _unit(rows.astype(np.float64)), np.random.default_rng(0)
    members = [np.flatnonzero(y == one) for one in classes]
    for step in range(STEPS):
        some = random.permutation(len(classes))[:CLASSES]
        drawn = [random.permutation(members[one])[:ROWS] for one in some]
        labels = np.repeat(np.arange(len(drawn)), [len(one) for one in drawn])
        _, slope = loss_and_slope(weights, x[np.concatenate(drawn)], labels)
        mean = DECAY_MEAN * mean + (1 - DECAY_MEAN) * slope
        square = DECAY_SQUARE * square + (1 - DECAY_SQUARE) * slope**2
        spread = np.sqrt(square / (1 - DECAY_SQUARE ** (step + 1))) + TINY
        rate = REACH / len(weights) * (1 + np.cos(np.pi * step / STEPS)) / 2
        weights = weights - rate * mean / (1 - DECAY_MEAN ** (step + 1)) / spread
    return weights


def loss_and_slope(
    weights: Float[np.ndarray, "d k"], x: Float[np.ndarray, "n d"], y: Int[np.ndarray, " n"]
) -> tuple[float, Float[np.ndarray, "d k"]]:
    """The supervised contrastive loss of the rows x M, by angle, and its gradient in M.

    Each row asks which of all the others are of its class (Khosla et al. 2020, arXiv 2004.11362,
    eq. 2); every class has at least two rows.
    """
    out = x @ weights
    lengths = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), TINY)
    unit = out / lengths
    itself = np.eye(len(x), dtype=bool)
    logits = np.where(itself, -np.inf, unit @ unit.T / TEMPERATURE)
    logits -= logits.max(axis=1, keepdims=True)
    log_chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    wanted = _shares(y, itself)
    loss = -float((wanted * np.where(itself, 0.0, log_chances)).sum(axis=1).mean())
    error = (np.exp(log_chances) - wanted) / len(x)
    of_unit = (error + error.T) @ unit / TEMPERATURE
    along = (of_unit * unit).sum(axis=1, keepdims=True)
    return loss, x.T @ ((of_unit - along * unit) / lengths)


def _shares(y: Int[np.ndarray, " n"], itself: Bool[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    """Of each row, equal shares for the other rows of its class."""
    same = (y[:, None] == y) & ~itself
    shares: np.ndarray = same / same.sum(axis=1, keepdims=True)
    return shares


def _unit(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    unit: np.ndarray = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), TINY)
    return unit
