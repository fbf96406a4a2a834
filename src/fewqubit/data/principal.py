"""Principal axes of rows, with few or many rows."""

import numpy as np
from jaxtyping import Float

from fewqubit.data.raw import as_float
from fewqubit.errors import DataError

BLOCK = 8192  # rows at a time, so that memory does not grow with the data


def principal(rows: np.ndarray, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and leading eigenvectors of the covariance, each with its largest entry positive."""
    n_rows, width = rows.shape
    if n_components > min(n_rows, width):
        raise DataError(
            f"features.pca = {n_components}, but {n_rows} meta-train rows of {width} numbers have "
            f"at most {min(n_rows, width)} components; lower it"
        )
    mean = as_float(rows).mean(axis=0, dtype=np.float64)
    vectors = _of_few(rows, mean) if n_rows < width else _of_many(rows, mean)
    vectors = vectors[:n_components]
    largest = np.abs(vectors).argmax(axis=1)[:, None]
    return mean, vectors * np.sign(np.take_along_axis(vectors, largest, axis=1))


def _of_few(rows: np.ndarray, mean: np.ndarray) -> Float[np.ndarray, "k d"]:
    """Principal axes of fewer rows than columns: no [d, d] matrix is needed."""
    return np.linalg.svd(as_float(rows) - mean, full_matrices=False)[2]


def _of_many(rows: np.ndarray, mean: np.ndarray) -> Float[np.ndarray, "d d"]:
    """Principal axes; the covariance is summed over blocks of rows."""
    n_rows, width = rows.shape
    covariance = np.zeros((width, width))
    for start in range(0, n_rows, BLOCK):
        block = as_float(rows[start : start + BLOCK]) - mean
        covariance += block.T @ block
    return np.linalg.eigh(covariance)[1].T[::-1]
