"""Fidelities as shots would measure them: unbiased, a Gram matrix symmetric with unit diagonal."""

import jax
import numpy as np
from jaxtyping import Float

from fewqubit.states.kernels import nearest_psd
from fewqubit.states.shots import counted_fractions


def sampled_gram(
    kernel: Float[np.ndarray, "n n"], shots: int, random: np.random.Generator
) -> Float[np.ndarray, "n n"]:
    """``counted_fractions`` above the diagonal, mirrored: every pair is measured once, K_ii = 1."""
    sampled = np.eye(len(kernel))
    for row in range(len(kernel)):
        others = counted_fractions(random, kernel[row, row + 1 :], shots)
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
