import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from sklearn.svm import SVC

from fewqubit.base.keys import root_key, stream
from fewqubit.config import Baselines
from fewqubit.evaluate.baselines.candidates import BASELINES
from fewqubit.evaluate.baselines.embeddings import Known
from fewqubit.evaluate.baselines.plain import (
    fidelity,
    fourier,
    fourier_features,
    kernel_svm,
    logistic,
    prototype,
    rbf,
)
from fewqubit.tasks import Task

EPISODES, N_WAY, N_SHOT, N_QUERY, D = 4, 3, 4, 6, 8


@pytest.fixture(scope="module")
def tasks():
    """Overlapping clouds, so that the classifiers disagree if they are not the same."""
    random = np.random.default_rng(0)
    support_y, query_y = (
        np.broadcast_to(np.repeat(np.arange(N_WAY), n), (EPISODES, N_WAY * n))
        for n in (N_SHOT, N_QUERY)
    )
    centres = random.normal(size=(N_WAY, D))
    support_x, query_x = (
        centres[y] + random.normal(size=(*y.shape, D)) for y in (support_y, query_y)
    )
    return Task(support_x, support_y, query_x, query_y)


def of(tasks, fit):
    """The same from scikit-learn, an episode at a time."""
    parts = zip(tasks.support_x, tasks.support_y, tasks.query_x, strict=True)
    return np.stack([fit(x, y, query) for x, y, query in parts])


def test_prototype_is_the_nearest_centroid(tasks):
    expected = of(tasks, lambda x, y, query: NearestCentroid().fit(x, y).predict(query))
    np.testing.assert_array_equal(prototype(tasks).argmax(-1), expected)


@pytest.mark.parametrize("cost", [0.1, 10.0])
def test_logistic_is_scikit_learns(tasks, cost):
    def log_probabilities(x, y, query):
        return (
            LogisticRegression(C=cost, tol=1e-8, max_iter=1000).fit(x, y).predict_log_proba(query)
        )

    logits = logistic(tasks, cost)
    log_softmax = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    np.testing.assert_allclose(log_softmax, of(tasks, log_probabilities), atol=2e-3)


def test_svm_is_scikit_learns(tasks):
    def decision(x, y, query):
        return SVC(C=2.0, gamma=0.1).fit(x, y).decision_function(query)

    found = kernel_svm(tasks, lambda a, b: rbf(a, b, 0.1), 2.0)
    np.testing.assert_allclose(found, of(tasks, decision), atol=5e-3)


def test_fourier_features_estimate_the_rbf_kernel_to_one_over_the_root_of_their_number():
    random, gamma = np.random.default_rng(1), 0.1
    x = random.normal(size=(1, 30, D))
    exact, errors = rbf(x, x, gamma), []
    for n_features in (100, 400, 1600, 6400):
        draws = [
            fourier_features(x, gamma, n_features, stream(root_key(0), draw)) for draw in range(8)
        ]
        off = np.stack([z @ np.swapaxes(z, 1, 2) for z in draws]) - exact
        errors.append(np.sqrt((off**2).mean()))
        assert abs(off.mean()) < 3 * errors[-1] / np.sqrt(8)
    slopes = np.diff(np.log(errors)) / np.log(4)
    np.testing.assert_allclose(slopes, -0.5, atol=0.1)


def test_fourier_with_many_features_is_kernel_ridge_regression(tasks):
    def decision(x, y, query):
        targets = np.eye(N_WAY)[y] - 1 / N_WAY
        return KernelRidge(alpha=0.3, kernel="rbf", gamma=0.1).fit(x, targets).predict(query)

    found = fourier(tasks, gamma=0.1, ridge=0.3, n_features=30_000, key=root_key(0))
    np.testing.assert_allclose(found, of(tasks, decision), atol=0.03)


def test_fourier_draws_from_its_key_alone(tasks):
    first, again, other = (
        fourier(tasks, gamma=0.1, ridge=0.3, n_features=50, key=root_key(seed))
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_two_classes_get_two_logits(tasks):
    binary = Task(*(part[:, : 2 * part.shape[1] // 3] for part in tasks))
    logits = kernel_svm(binary, lambda a, b: rbf(a, b, 0.1), 1.0)
    expected = of(binary, lambda x, y, query: SVC(gamma=0.1).fit(x, y).predict(query))
    np.testing.assert_array_equal(logits.argmax(-1), expected)


def test_fidelity_of_states():
    states = np.array([[[1, 0], [0, 1], [1, 1j]]]) / np.array([1, 1, np.sqrt(2)])[:, None]
    expected = [[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 1]]
    np.testing.assert_allclose(fidelity(states, states)[0], expected, atol=1e-12)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_learns_separate_classes_whatever_the_order(name, tasks):
    easy = tasks._replace(
        support_x=0.1 * tasks.support_x + np.eye(N_WAY, D)[tasks.support_y],
        query_x=0.1 * tasks.query_x + np.eye(N_WAY, D)[tasks.query_y],
    )
    y = np.arange(60) % 6
    known = 0.3 * np.random.default_rng(5).normal(size=(60, D)) + np.eye(6, D)[y]
    grid = Baselines(qsvm_maps=["iqp"], qsvm_qubits=4, qsvm_bandwidth=[0.3], embedding_steps=100)
    turned = easy._replace(support_x=easy.support_x[:, ::-1], support_y=easy.support_y[:, ::-1])
    for point, classify, embed in BASELINES[name].candidates(
        grid, Known(known, y, (D,), N_WAY, N_SHOT), root_key(0)
    ):
        logits, again = (classify(embedded(embed, some)) for some in (easy, turned))
        assert (logits.argmax(-1) == easy.query_y).mean() > 0.95, point
        np.testing.assert_allclose(again, logits, atol=1e-2)


def embedded(embed, tasks):
    """Every row through ``embed``, by itself."""
    parts = (tasks.support_x, tasks.query_x)
    made = (embed(part.reshape(-1, D)).reshape(*part.shape[:2], -1) for part in parts)
    return tasks._replace(support_x=next(made), query_x=next(made))
