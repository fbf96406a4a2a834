"""Foreign queries: whose they are, and how a score tells them apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fewqubit.errors import DataError
from fewqubit.tasks.foreign import at_threshold, choose_threshold, foreign_rows
from fewqubit.tasks.task import Episode

NUMBERS = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=30).map(np.array)


@given(own=NUMBERS, foreign=NUMBERS, recall=st.sampled_from([0.5, 0.9, 0.95, 1.0]))
def test_it_keeps_the_recall_and_ranks_as_scikit_learn(own, foreign, recall):
    detection = choose_threshold(own, foreign, recall)
    assert detection.recall >= recall
    assert (own > detection.threshold).mean() <= recall + 1e-9 or recall == 1.0
    truth = np.repeat([1, 0], [len(own), len(foreign)])
    assert detection.auroc == pytest.approx(roc_auc_score(truth, np.concatenate([own, foreign])))
    assert detection.false_alarms == (foreign >= detection.threshold).mean()
    assert at_threshold(own, foreign, detection.threshold) == detection[1:]


def test_foreign_rows_are_of_other_classes_of_the_same_part():
    y = np.repeat(np.arange(6), 10)
    classes = np.array([[0, 1], [1, 3], [4, 0]])
    episodes = Episode(classes, np.zeros((3, 2), int), np.zeros((3, 2), int))
    rows = foreign_rows(episodes, y, [0, 1, 3, 4], 50, np.random.default_rng(0))
    for own, some in zip(classes, rows, strict=True):
        assert {*y[some]} == {0, 1, 3, 4} - {*own}


def test_without_a_class_that_is_foreign_it_is_one_line():
    episodes = Episode(np.array([[0, 1]]), np.zeros((1, 2), int), np.zeros((1, 2), int))
    with pytest.raises(DataError, match="expected more than 2 validation classes"):
        foreign_rows(episodes, np.array([0, 1]), [0, 1], 5, np.random.default_rng(0))
