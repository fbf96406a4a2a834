"""The cut of Goemans and Williamson, a polynomial-time classical algorithm."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from fewqubit.starts.problem import Problem

SPARE = 2  # dimensions beyond √(2n), so that every local maximum is global


class Relaxed(NamedTuple):
    """The MaxCut relaxation of one graph.

    bound:     upper bound on every cut; from the dual, so it holds even without convergence
    gap:       bound − value of the relaxation; 0 up to rounding when it is solved
    expected:  mean weight cut by a random hyperplane
    """

    bound: float
    gap: float
    expected: float


@threadpool_limits.wrap(limits=1, user_api="blas")
def relaxed(problem: Problem) -> Relaxed:
    """max Σ w_ij (1 − v_i·v_j)/2 over unit vectors, cut by a random hyperplane.

    Goemans & Williamson 1995. The semidefinite program is solved with vectors of √(2n) + 2
    dimensions (Burer & Monteiro 2003). With λ_i = −Σ_j w_ij v_i·v_j, W + diag(λ) is positive
    semidefinite at the optimum; where its lowest eigenvalue μ is below 0, n|μ|/4 is added to the
    bound.
    """
    n = problem.n_qubits
    weights = np.zeros((n, n))
    for one, other, weight in problem.edges:
        weights[one, other] = weights[other, one] = weight
    vectors = _vectors(weights)
    products = np.clip(vectors @ vectors.T, -1, 1)
    value = float((weights * (1 - products)).sum() / 4)
    multipliers = -(weights * products).sum(1)
    lowest = float(np.linalg.eigvalsh(weights + np.diag(multipliers))[0])
    bound = value + n * max(0.0, -lowest) / 4
    return Relaxed(bound, bound - value, float((weights * np.arccos(products)).sum() / (2 * np.pi)))


def shortfall(problems: Sequence[Problem]) -> float | None:
    """Mean of 1 − (expected cut)/(largest cut), like MaxCut errors; None if not graphs."""
    if not all(problem.edges for problem in problems):
        return None
    cuts = np.array([relaxed(problem).expected for problem in problems])
    return float(np.mean(1 - cuts / [largest_cut(problem) for problem in problems]))


def largest_cut(problem: Problem) -> float:
    """The largest cut, by trying all cuts."""
    sides = np.arange(2 ** (problem.n_qubits - 1))  # the last node stays on its side
    cut = np.zeros(len(sides))
    for one, other, weight in problem.edges:
        cut += weight * ((sides >> one ^ sides >> other) & 1)
    return float(cut.max())


def _vectors(weights: Float[np.ndarray, "n n"]) -> Float[np.ndarray, "n r"]:
    n = len(weights)
    rank = ceil(sqrt(2 * n)) + SPARE

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        rows = flat.reshape(n, rank)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        unit = rows / norms
        pull = weights @ unit
        along = (pull * unit).sum(1, keepdims=True)
        return float((pull * unit).sum() / 2), ((pull - along * unit) / norms).ravel()

    begin = np.random.default_rng(0).normal(size=n * rank)
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"ftol": 1e-14}).x
    rows = found.reshape(n, rank)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
