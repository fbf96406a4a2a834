"""Prototypes against scikit-learn and closed forms."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics.pairwise import cosine_similarity

from fewqubit.evaluate.baselines.plain import prototype
from fewqubit.evaluate.baselines.prototypes import class_means, cosine, cosine_head, unit, whitening
from fewqubit.tasks import Task

RANDOM = np.random.default_rng(2)
D, N_WAY = 5, 3
Y = np.repeat(np.arange(4), 20)
SPREAD = RANDOM.normal(size=(D, D))
X = RANDOM.normal(size=(4, D))[Y] + RANDOM.normal(size=(80, D)) @ SPREAD


def tasks(n_shot: int) -> Task:
    labels = [np.tile(np.repeat(np.arange(N_WAY), n), (6, 1)) for n in (n_shot, 4)]
    means = 2 * RANDOM.normal(size=(6, N_WAY, D))
    rows = [
        np.take_along_axis(means, y[..., None], 1) + RANDOM.normal(size=(*y.shape, D)) @ SPREAD
        for y in labels
    ]
    return Task(rows[0], labels[0], rows[1], labels[1])


@pytest.mark.parametrize("n_shot", [1, 3])
def test_cosine_is_the_angle_to_the_mean_direction(n_shot: int) -> None:
    some = tasks(n_shot)
    for episode, found in enumerate(cosine(some)):
        means = [
            unit(some.support_x[episode][some.support_y[episode] == c]).mean(0)
            for c in range(N_WAY)
        ]
        np.testing.assert_allclose(found, cosine_similarity(some.query_x[episode], means))


def test_whitened_prototypes_are_linear_discriminants_of_that_covariance() -> None:
    """scikit-learn's LDA with the meta-train covariance as it is given, equal priors."""
    some = tasks(3)
    map_ = whitening(X, Y, 0.0)
    centred = X - np.stack([X[c == Y].mean(0) for c in range(4)])[Y]
    within = centred.T @ centred / (len(X) - 4)
    np.testing.assert_allclose(map_ @ within @ map_, np.eye(D), atol=1e-8)
    found = prototype(some._replace(support_x=some.support_x @ map_, query_x=some.query_x @ map_))
    for episode in range(6):
        machine = LinearDiscriminantAnalysis(solver="lsqr", priors=np.ones(N_WAY) / N_WAY)
        machine.fit(some.support_x[episode], some.support_y[episode])
        inverse = np.linalg.inv(within)
        machine.coef_ = machine.means_ @ inverse
        machine.intercept_ = -0.5 * np.einsum(
            "cd,de,ce->c", machine.means_, inverse, machine.means_
        )
        expected = machine.predict(some.query_x[episode])
        np.testing.assert_array_equal(found[episode].argmax(-1), expected)


def test_all_shrinkage_is_the_plain_prototype() -> None:
    map_ = whitening(X, Y, 1.0)
    np.testing.assert_allclose(map_, map_[0, 0] * np.eye(D), atol=1e-9)


def test_a_covariance_that_nobody_knows_is_that_of_a_sphere() -> None:
    np.testing.assert_array_equal(whitening(X[:3], np.arange(3), 0.1), np.eye(D))
    flat = whitening(np.ones((6, D)), np.zeros(6, int), 0.1)
    np.testing.assert_array_equal(flat, np.eye(D))


def test_a_cosine_head_begins_at_the_means_and_goes_down_its_loss() -> None:
    some = tasks(4)
    means = unit(class_means(unit(some.support_x), some.support_y))
    expected = 10 * unit(some.query_x) @ np.swapaxes(means, 1, 2)
    np.testing.assert_allclose(cosine_head(some, 10.0, 0), expected)

    def loss(steps: int) -> float:
        seen = some._replace(query_x=some.support_x, query_y=some.support_y)
        logits = cosine_head(seen, 10.0, steps)
        chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        return -np.log(np.take_along_axis(chances, some.support_y[..., None], -1)).mean()

    assert loss(50) < loss(5) < loss(0)
