"""Portfolio selection: which assets to hold, as an Ising Hamiltonian."""

import numpy as np
from jaxtyping import Float

from fewqubit.errors import DataError
from fewqubit.starts.families.returns import read_returns
from fewqubit.starts.problem import Problem, pauli
from fewqubit.starts.settings.families import Portfolio

DAYS = 120  # days of returns for estimating means and covariances


def draw(family: Portfolio, random: np.random.Generator, n_qubits: int) -> Problem:
    """A market with a random risk weight. Raises DataError: the file has too few assets."""
    risk = float(random.uniform(*family.risk))
    returns = (
        _drawn(random, n_qubits) if family.returns is None else _read(family, random, n_qubits)
    )
    covariance = np.cov(returns.T)
    unit = float(np.diag(covariance).mean())
    mean, covariance = returns.mean(0) / unit**0.5, covariance / unit
    return portfolio(mean, covariance, risk, family.penalty)


def _read(
    family: Portfolio, random: np.random.Generator, n_assets: int
) -> Float[np.ndarray, "days n"]:
    """Raises DataError: the file is not a table of returns, or has fewer assets."""
    known = read_returns(str(family.returns))
    days, assets = known.shape
    if assets < n_assets:
        raise DataError(f"{family.returns}: expected {n_assets} assets, got {assets}")
    chosen = np.sort(random.choice(assets, n_assets, replace=False))
    first = int(random.integers(max(1, days - DAYS + 1)))
    return known[first : first + DAYS, chosen]


def _drawn(random: np.random.Generator, n_assets: int) -> Float[np.ndarray, "days n"]:
    factor = random.normal(size=(DAYS, 1)) * random.uniform(0.5, 1.5, n_assets)
    drift = random.normal(0, 0.3, n_assets)
    return drift + factor + random.normal(size=(DAYS, n_assets))


def portfolio(
    mean: Float[np.ndarray, " n"], covariance: Float[np.ndarray, "n n"], risk: float, penalty: float
) -> Problem:
    """The problem for given means and covariances."""
    n = len(mean)
    quadratic = risk * covariance + penalty * np.ones((n, n))
    linear = -mean - penalty * 2 * (n // 2) * np.ones(n)
    constant = penalty * (n // 2) ** 2
    # x = (1 − Z)/2, and Z² = 1
    couplings, fields = quadratic / 4, -linear / 2 - quadratic.sum(1) / 2
    offset = constant + linear.sum() / 2 + quadratic.sum() / 4 + np.trace(couplings)
    pairs = [(i, j, 2 * couplings[i, j]) for i in range(n) for j in range(i + 1, n)]
    terms = [("I" * n, float(offset))]
    terms += [(pauli(n, Z=[i]), float(fields[i])) for i in range(n)]
    terms += [(pauli(n, Z=[i, j]), float(weight)) for i, j, weight in pairs]
    weights = np.array([weight for *_, weight in pairs])
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    off = correlation[np.triu_indices(n, 1)]
    return Problem(
        tuple(terms),
        (risk, float(off.mean()), float(mean.std()), 1 / n),
        stretch=float(2 * np.sqrt((weights**2).mean()) * np.sqrt((n - 1) / 3)),
        scale="range",
    )
