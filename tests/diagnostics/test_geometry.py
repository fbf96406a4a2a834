"""Geometric difference and model complexity: their definitions, and the bound that joins them."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.diagnostics import geometric_difference, model_complexity, nearest_classical
from fewqubit.diagnostics.geometry import RIDGE, linear_gram, rbf_gram
from fewqubit.errors import CircuitError


def random_gram(seed: int, n: int = 12, rank: int = 20) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, rank))
    return rows @ rows.T


def test_a_kernel_differs_from_itself_by_nothing():
    assert np.isclose(geometric_difference(random_gram(0), 7.0 * random_gram(0)), 1.0)


@pytest.mark.parametrize("rank", [1, 3, 12])
def test_a_kernel_of_any_rank_or_from_shots_differs_from_itself_by_nothing(rank):
    gram = random_gram(0, rank=rank)
    assert np.isclose(geometric_difference(gram, gram), 1.0)
    assert np.isclose(geometric_difference(gram.astype(np.float32), gram), 1.0, atol=1e-3)
    noise = np.random.default_rng(1).normal(size=gram.shape) * np.abs(gram).max()
    indefinite = gram + noise + noise.T
    assert np.linalg.eigvalsh(indefinite)[0] < 0
    assert np.isclose(geometric_difference(indefinite, indefinite), 1.0)


def test_a_kernel_that_is_not_finite_names_its_row():
    gram = random_gram(0)
    gram[3, 4] = gram[4, 3] = np.nan
    with pytest.raises(CircuitError, match="row 3"):
        geometric_difference(gram, gram)


def test_complexity_is_far_above_n_where_classes_look_alike():
    gram, labels = np.ones((30, 30)), np.arange(30) % 2
    assert np.isclose(model_complexity(gram, labels), 30 / RIDGE)


def test_diagonal_kernels_differ_by_their_largest_ratio():
    classical, quantum = np.diag([1.0, 1.0, 4.0]), np.diag([3.0, 2.0, 1.0])
    expected = np.sqrt((1.5 + RIDGE) / (0.5 + RIDGE))  # both scaled to trace 3
    assert np.isclose(geometric_difference(classical, quantum), expected)


def test_it_is_the_published_formula():
    n = 12
    classical, quantum = (
        gram * n / np.trace(gram) + RIDGE * np.eye(n) for gram in (random_gram(1), random_gram(2))
    )
    root = scipy.linalg.sqrtm(quantum).real
    expected = np.sqrt(np.linalg.norm(root @ np.linalg.inv(classical) @ root, 2))
    assert np.isclose(geometric_difference(random_gram(1), random_gram(2)), expected)


def test_complexity_of_the_target_kernel_and_of_none():
    labels = np.repeat([0, 1], 5)
    y = np.where(labels == 0, 1.0, -1.0)
    assert np.isclose(model_complexity(np.outer(y, y), labels), 10 / (10 + RIDGE))
    assert np.isclose(model_complexity(np.eye(10), labels), 10 / (1 + RIDGE))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_complexity_is_bounded_by_the_geometric_difference(seed: int):
    classical, quantum = random_gram(seed), random_gram(seed + 1)
    labels = np.random.default_rng(seed).permutation(np.arange(12) % 3)
    g = geometric_difference(classical, quantum)
    bound = g**2 * model_complexity(quantum, labels)
    assert model_complexity(classical, labels) <= bound * (1 + 1e-9)


@pytest.mark.parametrize("kind", ["linear", "RBF"])
def test_the_classical_kernel_behind_the_matrix_is_found(kind: str):
    inputs = np.random.default_rng(3).normal(size=(20, 4))
    gamma = 1 / inputs.var(axis=0).sum()
    gram = linear_gram(inputs) if kind == "linear" else rbf_gram(inputs, gamma)
    nearest = nearest_classical(gram, inputs, np.arange(20) % 2)
    assert nearest.kernel.startswith(kind)
    assert np.isclose(nearest.difference, 1.0)
    assert np.isclose(nearest.complexity, nearest.quantum_complexity)
