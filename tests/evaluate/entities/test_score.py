"""F1 from tags, against seqeval and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.evaluate.entities.test_decode import TRANSITIONS

from fewqubit.evaluate.entities.decode import decode, scores
from fewqubit.evaluate.entities.score import count_entities, kinds

NAMES = ["O", "B-X", "B-Y", "I-X", "I-Y"]


def sequences(seed: int) -> np.ndarray:
    """Tags of four sentences of six words that can be."""
    log_p = 2 * np.random.default_rng(seed).normal(size=(4, 6, 3))
    return decode(log_p, scores(TRANSITIONS, 2, 0.0), np.ones((4, 6), bool))


@given(some.integers(0, 10_000), some.integers(0, 10_000))
def test_f1_is_that_of_seqeval(one: int, other: int) -> None:
    metrics = pytest.importorskip("seqeval.metrics", reason="no seqeval")
    truth, answers = sequences(one), sequences(other)
    found = count_entities(truth, answers, np.array([0, 0, 1, 1]), 2)
    for episode in range(2):
        written = [
            [[NAMES[tag] for tag in row] for row in side[2 * episode : 2 * episode + 2].tolist()]
            for side in (truth, answers)
        ]
        if found.there[episode].sum():
            assert np.isclose(found.f1()[episode], metrics.f1_score(*written, zero_division=0))
            for kind, f1 in zip("XY", found.f1_by_type()[episode], strict=True):
                report = metrics.classification_report(*written, output_dict=True, zero_division=0)
                assert np.isclose(f1, report.get(kind, {"f1-score": 0})["f1-score"])


def test_f1_of_a_worked_example() -> None:
    truth = np.array([[1, 3, 0, 2, 0], [0, 0, 0, 0, 0]])
    answers = np.array([[1, 3, 0, 2, 4], [0, 1, 0, 0, 0]])
    found = count_entities(truth, answers, np.array([0, 0]), 2)
    assert (found.right.tolist(), found.answered.tolist()) == ([[1, 0]], [[2, 1]])
    assert found.there.tolist() == [[1, 1]]
    assert found.f1().tolist() == [2 / 5]


def test_neighbours_of_one_type_are_two_entities() -> None:
    apart, together = np.array([[1, 1]]), np.array([[1, 3]])
    assert count_entities(apart, apart, np.array([0]), 1).right.tolist() == [[2]]
    assert count_entities(apart, together, np.array([0]), 2).right.tolist() == [[0, 0]]


def test_the_type_of_a_tag() -> None:
    assert kinds(np.arange(5), 2).tolist() == [2, 0, 1, 0, 1]
