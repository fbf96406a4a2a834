"""Kernel matrices from what is known of each row, block by block.

Memory is that of the rows, of the result, and of one block.
"""

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float

from fewqubit.qiskit_ml.batches import batches, padded
from fewqubit.quantum.kernels import nearest_psd

Similarity = Callable[[Array, Array], Array]  # (left [m, ...], right [n, ...]) -> [m, n]

BLOCK_ROWS = 1024


def cross(left: np.ndarray, right: np.ndarray, similarity: Similarity) -> Float[np.ndarray, "m n"]:
    """K_ij = similarity(left_i, right_j)."""
    kernel = np.empty((len(left), len(right)))
    for some in batches(len(left), BLOCK_ROWS):
        for others in batches(len(right), BLOCK_ROWS):
            kernel[some, others] = _block(left[some], right[others], similarity)
    return kernel


def gram(rows: np.ndarray, similarity: Similarity) -> Float[np.ndarray, "n n"]:
    """``cross`` of the rows with themselves: half the work, symmetric, K_ii = 1."""
    kernel = np.empty((len(rows), len(rows)))
    for some in batches(len(rows), BLOCK_ROWS):
        for others in batches(some.start, BLOCK_ROWS):
            block = _block(rows[some], rows[others], similarity)
            kernel[some, others], kernel[others, some] = block, block.T
        square = _block(rows[some], rows[some], similarity)
        kernel[some, some] = (square + square.T) / 2
    np.fill_diagonal(kernel, 1.0)
    return kernel


def sampled_cross(
    kernel: Float[np.ndarray, "..."], shots: int, random: np.random.Generator
) -> Float[np.ndarray, "..."]:
    """Each entry p as the share of ones among ``shots`` draws of probability p: unbiased."""
    return random.binomial(shots, np.clip(kernel, 0.0, 1.0)) / shots


def sampled_gram(
    kernel: Float[np.ndarray, "n n"], shots: int, random: np.random.Generator
) -> Float[np.ndarray, "n n"]:
    """``sampled_cross`` above the diagonal, mirrored: every pair is measured once, K_ii = 1."""
    sampled = np.eye(len(kernel))
    for row in range(len(kernel)):
        others = sampled_cross(kernel[row, row + 1 :], shots, random)
        sampled[row, row + 1 :] = sampled[row + 1 :, row] = others
    return sampled


def definite(gram: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    """The nearest positive semi-definite matrix, brought back to unit diagonal.

    Clipping eigenvalues raises a diagonal of ones; K_ij / √(K_ii K_jj) is as definite, and on the
    scale of the kernel again.
    """
    with jax.enable_x64(True):
        nearest = np.asarray(nearest_psd(gram))
    scale = np.sqrt(np.diag(nearest))
    scaled = (nearest + nearest.T) / 2 / np.outer(scale, scale)
    np.fill_diagonal(scaled, 1.0)
    return scaled


def _block(left: np.ndarray, right: np.ndarray, similarity: Similarity) -> np.ndarray:
    with jax.enable_x64(True):
        block = np.asarray(similarity(padded(left), padded(right)))
    return block[: len(left), : len(right)]
