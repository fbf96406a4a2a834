"""Every score has one name for people and one for metrics, and knows no other."""

import re

import pytest

from fewqubit.report.words import KNOWING_NOTHING
from fewqubit.report.words import SCORES as TOLD
from fewqubit.tasks.scores import ACCURACY, ENTITY_F1, SCORES, metric_name, score_of


def test_what_is_not_said_is_accuracy():
    assert score_of({}) is ACCURACY
    assert score_of({"score": "entity F1"}) is ENTITY_F1
    with pytest.raises(KeyError):
        score_of({"score": "luck"})


def test_metrics_take_the_place_of_accuracy():
    assert metric_name("validation/accuracy_best", ENTITY_F1) == "validation/entity_f1_best"
    assert metric_name("cost/seconds", ENTITY_F1) == "cost/seconds"
    assert metric_name("eval/accuracy", ACCURACY) == "eval/accuracy"


def test_each_is_explained_in_the_report():
    assert set(TOLD) == set(KNOWING_NOTHING) == set(SCORES) - {ACCURACY.name}
    assert all(re.fullmatch("[a-z0-9_]+", one.key) for one in SCORES.values())
