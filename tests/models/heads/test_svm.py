"""SVM head against a general solver of the same dual, and its optimality conditions."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from fewqubit.models.heads import svm_coefficients


def problem(seed: int, n_way: int, n_shot: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n_way * n_shot, 3))
    distance = ((rows[:, None] - rows[None]) ** 2).sum(-1)
    return np.exp(-distance), np.eye(n_way).repeat(n_shot, axis=0)


@pytest.mark.parametrize("cost", [0.3, 1.0, 10.0])
def test_equals_a_general_solver(cost: float) -> None:
    gram, one_hot = problem(0, 3, 4)
    ours = np.asarray(svm_coefficients(jnp.asarray(gram), jnp.asarray(one_hot), cost))
    for way in range(3):
        signs = 2 * one_hot[:, way] - 1
        quadratic = signs[:, None] * (gram + 1) * signs[None]
        found = minimize(
            lambda a, q=quadratic: a @ q @ a / 2 - a.sum(),
            np.zeros(len(gram)),
            jac=lambda a, q=quadratic: q @ a - 1,
            bounds=[(0, cost)] * len(gram),
            method="L-BFGS-B",
            options={"ftol": 1e-14, "gtol": 1e-9},
        )
        np.testing.assert_allclose(ours[:, way], found.x * signs, atol=5e-3 * max(cost, 1))


def test_order_of_the_support_changes_nothing() -> None:
    gram, one_hot = problem(1, 2, 5)
    order = np.random.default_rng(2).permutation(10)
    straight = svm_coefficients(jnp.asarray(gram), jnp.asarray(one_hot), 1.0)
    shuffled = svm_coefficients(
        jnp.asarray(gram[np.ix_(order, order)]), jnp.asarray(one_hot[order]), 1.0
    )
    np.testing.assert_allclose(straight[order], shuffled, atol=1e-4)


def test_an_empty_support_has_no_coefficients() -> None:
    assert svm_coefficients(jnp.zeros((0, 0)), jnp.zeros((0, 3)), 1.0).shape == (0, 3)
