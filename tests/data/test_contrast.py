"""Directions that tell classes apart, by contrast: the gradient, and what is learned."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import logsumexp

from fewqubit.config import Features
from fewqubit.data import apply_all, fit
from fewqubit.data.contrast import TEMPERATURE, contrast, loss_and_slope
from fewqubit.data.whiten import within_classes

Y = np.repeat(np.arange(8), 12)


@pytest.fixture
def rows(rng):
    """Classes that differ in the first three numbers alone; the others say nothing."""
    centres = np.zeros((8, 10))
    centres[:, :3] = rng.normal(size=(8, 3))
    return centres[Y] + 0.6 * rng.normal(size=(len(Y), 10))


def by_definition(weights, x, y):
    """Khosla et al. 2020, equation 2, row by row."""
    z = x @ weights
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    total = 0.0
    for i in range(len(x)):
        logits = np.delete(z @ z[i], i) / TEMPERATURE
        same = np.delete(y == y[i], i)
        total -= np.mean(logits[same] - logsumexp(logits))
    return total / len(x)


def test_loss_and_gradient_are_those_of_the_definition(rng):
    x, weights = rng.normal(size=(7, 4)), rng.normal(size=(4, 3))
    y = np.array([0, 0, 1, 1, 1, 2, 2])
    loss, slope = loss_and_slope(weights, x, y)
    np.testing.assert_allclose(loss, by_definition(weights, x, y), rtol=1e-12)
    asked = lambda flat: by_definition(flat.reshape(4, 3), x, y)  # noqa: E731
    expected = approx_fprime(weights.ravel(), asked, 1e-7).reshape(4, 3)
    np.testing.assert_allclose(slope, expected, atol=1e-5)


def test_numbers_that_say_nothing_lose_weight(rows):
    learned = contrast(rows, Y)
    weight = (learned**2).sum(axis=1)
    assert weight[:3].min() > weight[3:].max()
    np.testing.assert_array_equal(contrast(rows, Y), learned)


def test_where_nothing_can_be_told_apart_nothing_is_learned(rows):
    np.testing.assert_array_equal(contrast(rows, np.zeros(len(rows), int)), np.eye(10))
    np.testing.assert_array_equal(contrast(rows[:5], np.arange(5)), np.eye(10))
    y = np.concatenate([Y, [99]])
    assert np.isfinite(contrast(np.vstack([rows, np.zeros(10)]), y)).all()


def test_an_angle_is_that_of_a_row_followed_by_its_image(rows):
    """cos of x C is cos of (x, w x M), M scaled to the Frobenius norm of 1."""
    mean, plain = within_classes(rows, Y, 1.0, between=0.5)
    _, whole = within_classes(rows, Y, 1.0, between=0.5, contrasted=0.7)
    x = (rows - mean) @ plain.T
    learned = contrast(x, Y)
    longer = np.hstack([x, 0.7 * x @ learned * np.sqrt(10 / (learned**2).sum())])
    found = (rows - mean) @ whole.T
    np.testing.assert_allclose(found @ found.T, longer @ longer.T, atol=1e-9)


def test_classes_that_were_not_seen_are_told_apart_better(rng):
    """Classes differ in 4 of 60 directions; half of them teach, the others are asked."""
    centres = np.zeros((40, 60))
    centres[:, :4] = 2 * rng.normal(size=(40, 4))
    y = np.repeat(np.arange(40), 20)
    x = centres[y] + rng.normal(size=(len(y), 60))
    taught, shares = y < 20, []
    for weight in (0.0, 1.0):
        features = Features(whiten=10.0, contrast=weight)
        z = apply_all(fit(x[taught], features, y=y[taught]), x)[~taught]
        z = z / np.linalg.norm(z, axis=1, keepdims=True)
        near = np.argmax(z @ z.T - 2 * np.eye(len(z)), axis=1)
        shares.append(np.mean(y[~taught][near] == y[~taught]))
    assert shares[1] > shares[0] + 0.05, shares
