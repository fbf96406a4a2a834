"""Geometric difference: could a classical kernel on the same inputs do what the quantum one does?

Huang et al. 2021, "Power of data in quantum machine learning", 2011.01938. Gram matrices are
scaled to trace N; ``RIDGE`` on their diagonals bounds what their smallest eigenvalues can claim.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import eigh

from fewqubit.base.io.numbers import check_results

RIDGE = 1e-3  # of a diagonal of mean 1
_GAMMAS = tuple(2.0**power for power in range(-8, 5))  # times 1/(inputs · variance)


class Nearest(NamedTuple):
    """The classical kernel from which a quantum kernel differs least.

    kernel:              its name
    difference:          g of the two, 1 (nothing that it lacks) to about √N
    complexity:          s of the classical kernel for the labels
    quantum_complexity:  s of the quantum kernel for the labels
    """

    kernel: str
    difference: float
    complexity: float
    quantum_complexity: float


def nearest_classical(
    gram: Float[np.ndarray, "n n"], inputs: Float[np.ndarray, "n d"], labels: Int[np.ndarray, " n"]
) -> Nearest:
    """The linear or RBF kernel (γ searched) of ``inputs`` with the smallest geometric difference.

    The smallest, because a quantum kernel has to differ from *every* classical one to help.
    """
    quantum = _conditioned(gram)
    compared = [
        (_difference(_conditioned(classical), quantum), name, classical)
        for name, classical in _classical_kernels(np.asarray(inputs, np.float64))
    ]
    difference, name, classical = min(compared, key=lambda row: row[0])
    own, other = (model_complexity(kernel, labels) for kernel in (gram, classical))
    return Nearest(name, difference, other, own)


def geometric_difference(
    classical: Float[np.ndarray, "n n"], quantum: Float[np.ndarray, "n n"]
) -> float:
    """g = ‖√K_Q K_C⁻¹ √K_Q‖^½ in the spectral norm: Huang et al.'s definition of g(K_C ‖ K_Q).

    As the root of the largest λ with K_Q v = λ K_C v, which takes no square root of a matrix. The
    ridge makes it 1 for equal kernels, whatever their rank.
    """
    return _difference(_conditioned(classical), _conditioned(quantum))


def _difference(classical: Float[np.ndarray, "n n"], quantum: Float[np.ndarray, "n n"]) -> float:
    """``geometric_difference`` of two conditioned matrices."""
    last = len(quantum) - 1
    largest = eigh(quantum, classical, eigvals_only=True, subset_by_index=(last, last))
    return float(np.sqrt(largest[0]))


def model_complexity(gram: Float[np.ndarray, "n n"], labels: Int[np.ndarray, " n"]) -> float:
    """s = yᵀ K⁻¹ y with y = ±1 for one class against the rest, averaged over the classes.

    The squared norm of the function that fits y; its error on new rows is bounded by a multiple
    of √(s/N) (their prediction error bound), and s_C ≤ g² s_Q. About N for a kernel that tells all
    rows apart, and up to N/``RIDGE`` for one that gives rows of different classes the same state.
    """
    targets = np.where(labels[:, None] == np.unique(labels)[None, :], 1.0, -1.0)
    solved = np.linalg.solve(_conditioned(gram), targets)
    return float(np.mean(np.sum(targets * solved, axis=0)))


def linear_gram(inputs: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n n"]:
    """K_ij = x_i · x_j."""
    return inputs @ inputs.T


def rbf_gram(inputs: Float[np.ndarray, "n d"], gamma: float) -> Float[np.ndarray, "n n"]:
    """K_ij = exp(-γ ‖x_i - x_j‖²)."""
    squares = np.sum(inputs**2, axis=1)
    distances = squares[:, None] + squares[None, :] - 2.0 * inputs @ inputs.T
    return np.exp(-gamma * np.maximum(distances, 0.0))


def _classical_kernels(
    inputs: Float[np.ndarray, "n d"],
) -> Iterator[tuple[str, Float[np.ndarray, "n n"]]]:
    yield "linear", linear_gram(inputs)
    spread = max(float(inputs.var(axis=0).sum()), np.finfo(float).tiny)
    for gamma in _GAMMAS:
        yield f"RBF, γ = {gamma / spread:.2g}", rbf_gram(inputs, gamma / spread)


def _conditioned(gram: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    """``gram`` of trace N with the ridge; inputs without variance leave the ridge alone.

    Estimates from shots may have negative eigenvalues that the ridge does not lift: they count as
    0. Raises ``CircuitError`` for a matrix that is not finite.
    """
    gram = np.asarray(gram, np.float64)
    check_results(gram, "its kernel to some row")
    gram = (gram + gram.T) / 2
    gram, ridge = _of_trace_n(gram), RIDGE * np.eye(len(gram))
    try:
        np.linalg.cholesky(gram + ridge / 2)  # which takes less than all eigenvalues
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(gram)
        gram = _of_trace_n(vectors * np.maximum(values, 0.0) @ vectors.T)
    return gram + ridge


def _of_trace_n(gram: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n n"]:
    return gram / max(np.trace(gram), np.finfo(float).tiny) * len(gram)
