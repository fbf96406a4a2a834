import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.config import Baselines, Evaluation, FeatureMap
from fewqubit.evaluate.baselines.candidates import BASELINES, Baseline, Candidate
from fewqubit.evaluate.baselines.tuned import evaluate_baseline
from fewqubit.tasks import class_index, draw_manifest

READING = Evaluation(curve_shots=[1, 2, 5, 10], curve_episodes=100)
SMALL = Baselines(embedding_steps=40, embedding=8, qsvm_qubits=3, qsvm_maps=["iqp"], svm_cost=[1.0])
KNOWN = [0, 1, 2]
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


@pytest.mark.parametrize("name", BASELINES)
def test_results_have_the_shape_of_a_learners(name, data, manifests):
    tuned = evaluate_baseline(
        BASELINES[name], SMALL, *data, KNOWN, *manifests, READING, root_key(3)
    )
    assert all(part.shape[:2] == (1, 150) for part in tuned.accuracies)
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
        Candidate({"cheat": 1.0}, lambda tasks: classify(tasks, True)),
        Candidate({"cheat": 0.0}, lambda tasks: classify(tasks, False)),
    ]
    baseline = Baseline(lambda settings, known, key: grid)
    tuned = evaluate_baseline(baseline, SMALL, *data, KNOWN, *manifests, READING, root_key(3))
    assert tuned.point == {"cheat": 0.0}


def test_same_key_same_results(data, manifests):
    first, again = (
        evaluate_baseline(BASELINES["svm"], SMALL, *data, KNOWN, *manifests, READING, root_key(3))
        for _ in range(2)
    )
    for part, other in zip(first.accuracies, again.accuracies, strict=True):
        np.testing.assert_array_equal(part, other)
    assert first.curve == again.curve


def test_nothing_is_learned_from_rows_of_other_classes(data, manifests):
    """Neither fit nor embedding moves when rows outside meta-train, or not asked, are spoiled."""
    x, y = data
    seen = []

    def candidates(settings, known, key):
        seen.append(known)
        return [Candidate({}, lambda tasks: np.zeros((*tasks.query_y.shape, N_WAY)))]

    spoiled = np.where(np.isin(y, KNOWN)[:, None], x, np.nan).astype(np.float32)
    for rows in (x, spoiled):
        evaluate_baseline(
            Baseline(candidates), SMALL, rows, y, KNOWN, *manifests, READING, root_key(3)
        )
    np.testing.assert_array_equal(seen[0].x, seen[1].x)
    assert set(seen[0].y) == set(KNOWN)
    assert (seen[0].n_way, seen[0].n_shot, seen[0].shape) == (N_WAY, 1, (N_CLASSES,))


def test_a_named_map_stands_in_place_of_the_others():
    """Its bandwidth first, so that of equals it is chosen; without a name nothing changes."""
    zz = FeatureMap(kind="zz", n_qubits=4, repetitions=3, bandwidth=0.05)
    grid = Baselines(qsvm_feature_map="mine").with_map({"mine": zz})
    assert (grid.qsvm_maps, grid.qsvm_qubits, grid.qsvm_repetitions) == (["zz"], 4, 3)
    assert grid.qsvm_bandwidth == [0.05, 0.03, 0.1, 0.3, 1.0]
    assert Baselines().with_map({"mine": zz}) == Baselines()
