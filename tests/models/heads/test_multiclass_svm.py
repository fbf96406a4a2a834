"""Multiclass SVM head against a general solver; its gradient against finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from fewqubit.models.heads import multiclass_svm_coefficients
from fewqubit.models.heads.multiclass_svm import RIDGE
from fewqubit.models.heads.simplex import project_to_simplex


def problem(seed: int, n_way: int = 3, n_shot: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(seed).normal(size=(n_way * n_shot, 3))
    distance = ((rows[:, None] - rows[None]) ** 2).sum(-1)
    return np.exp(-distance / 4), np.eye(n_way).repeat(n_shot, axis=0)


def objective(alpha: np.ndarray, gram: np.ndarray, one_hot: np.ndarray) -> float:
    regular = gram + RIDGE * np.eye(len(gram))
    return float(np.sum(alpha * (regular @ alpha)) / 2 - np.sum(alpha * one_hot))


@pytest.mark.parametrize("cost", [0.1, 1.0, 10.0])
def test_equals_a_general_solver(cost: float) -> None:
    gram, one_hot = problem(0)
    with jax.enable_x64(True):
        ours = np.asarray(
            multiclass_svm_coefficients(jnp.asarray(gram), jnp.asarray(one_hot), cost)
        )
    np.testing.assert_allclose(ours.sum(axis=1), 0, atol=1e-9)
    assert (ours <= cost * one_hot + 1e-9).all()
    sums = np.kron(np.eye(len(gram)), np.ones(3))
    found = minimize(
        lambda a: objective(a.reshape(one_hot.shape), gram, one_hot),
        np.zeros(one_hot.size),
        bounds=[(None, cost * y) for y in one_hot.ravel()],
        constraints=LinearConstraint(sums, 0, 0),
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    assert objective(ours, gram, one_hot) <= found.fun + 1e-6 * abs(found.fun)
    np.testing.assert_allclose(ours, found.x.reshape(one_hot.shape), atol=2e-3 * max(cost, 1))


@pytest.mark.parametrize("cost", [0.1, 2.0])
def test_gradient_through_the_solution_equals_finite_differences(cost: float) -> None:
    gram, one_hot = problem(1)
    change = np.random.default_rng(2).normal(size=gram.shape)
    change = change + change.T
    with jax.enable_x64(True):
        target = jnp.asarray(np.random.default_rng(3).normal(size=one_hot.shape))

        @jax.jit
        def loss(t: jax.Array) -> jax.Array:
            alpha = multiclass_svm_coefficients(gram + t * change, jnp.asarray(one_hot), cost)
            return (alpha * target).sum()

        h = 1e-5
        difference = (loss(jnp.array(h)) - loss(jnp.array(-h))) / (2 * h)
        assert abs(difference) > 1e-4
        np.testing.assert_allclose(jax.grad(loss)(jnp.array(0.0)), difference, rtol=1e-4)


def test_an_empty_support_has_no_coefficients() -> None:
    assert multiclass_svm_coefficients(jnp.zeros((0, 0)), jnp.zeros((0, 3)), 1.0).shape == (0, 3)


def test_the_projection_is_the_nearest_point_of_the_simplex() -> None:
    random = np.random.default_rng(4)
    v = random.normal(size=(20, 4))
    p = np.asarray(project_to_simplex(jnp.asarray(v)))
    np.testing.assert_allclose(p.sum(-1), 1, atol=1e-6)
    others = random.dirichlet(np.ones(4), size=500)
    nearest = ((v[:, None] - others) ** 2).sum(-1).min(-1)
    assert (((v - p) ** 2).sum(-1) <= nearest + 1e-6).all()
