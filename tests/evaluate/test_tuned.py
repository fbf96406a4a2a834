import numpy as np
import pytest

from fewqubit.config import Baselines, Evaluation
from fewqubit.evaluate.baselines import BASELINES, Baseline
from fewqubit.evaluate.tuned import evaluate_baseline
from fewqubit.keys import root_key
from fewqubit.tasks import class_index, draw_manifest

READING = Evaluation(curve_shots=[1, 2, 5, 10], curve_episodes=100)
N_CLASSES, PER_CLASS, N_WAY, N_QUERY = 6, 12, 3, 5


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    y = np.repeat(np.arange(N_CLASSES), PER_CLASS)
    x = 3 * np.eye(N_CLASSES)[y] + random.normal(size=(len(y), N_CLASSES))
    return x.astype(np.float32), y


@pytest.fixture(scope="module")
def manifests(data):
    index = class_index(data[1], range(N_CLASSES))
    return tuple(
        draw_manifest(root_key(seed), index, N_WAY, 1, N_QUERY, n)
        for seed, n in ((0, 20), (1, 150))
    )


@pytest.mark.parametrize("name", ["prototype", "logistic", "svm", "fourier"])
def test_results_have_the_shape_of_a_learners(name, data, manifests):
    tuned = evaluate_baseline(BASELINES[name], Baselines(), *data, *manifests, READING, root_key(3))
    assert all(part.shape == (1, 150) for part in tuned.accuracies)
    assert (tuned.accuracies.before == 1 / N_WAY).all()
    assert tuned.accuracies.after.mean() > 0.5
    assert abs(tuned.accuracies.permuted.mean() - 1 / N_WAY) < 0.1
    assert tuned.confusion.sum() == pytest.approx(150 * N_WAY * N_QUERY)
    assert [point.value for point in tuned.curve] == [0, 1, 2, 5]
    assert tuned.curve[0].accuracy < tuned.curve[1].accuracy < tuned.curve[-1].accuracy


def test_the_choice_is_made_on_validation_episodes(data, manifests):
    """A classifier that knows the test episodes by their number is of no use in validation."""

    def classify(tasks, cheat):
        testing = len(tasks.query_y) != 20
        answer = tasks.query_y if testing == cheat else (tasks.query_y + 1) % N_WAY
        return np.eye(N_WAY)[answer]

    grid = [
        ({"cheat": 1.0}, lambda tasks: classify(tasks, True)),
        ({"cheat": 0.0}, lambda tasks: classify(tasks, False)),
    ]
    baseline = Baseline("examples", lambda settings, key: grid)
    tuned = evaluate_baseline(baseline, Baselines(), *data, *manifests, READING, root_key(3))
    assert tuned.point == {"cheat": 0.0}


def test_same_key_same_results(data, manifests):
    first, again = (
        evaluate_baseline(BASELINES["svm"], Baselines(), *data, *manifests, READING, root_key(3))
        for _ in range(2)
    )
    for part, other in zip(first.accuracies, again.accuracies, strict=True):
        np.testing.assert_array_equal(part, other)
    assert first.curve == again.curve
