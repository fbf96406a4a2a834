"""The score of a data set: accuracy, F1 or R², with its names."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

FIELD = "score"  # of summary.json, if the score is not accuracy


class Score(NamedTuple):
    """A score that is 1 if every answer is right.

    name:   name in reports
    key:    name in metric names, of letters, digits and ``_``
    least:  lower bound of the score
    """

    name: str
    key: str
    least: float = 0.0


ACCURACY = Score("accuracy", "accuracy")
EXPLAINED = Score("R²", "r2", -math.inf)
ENTITY_F1 = Score("entity F1", "entity_f1")
SCORES = {one.name: one for one in (ACCURACY, EXPLAINED, ENTITY_F1)}


def score_of(summary: Mapping[str, Any]) -> Score:
    """The score of prepared data with the contents ``summary`` of its summary.json."""
    return SCORES[summary.get(FIELD, ACCURACY.name)]


def metric_name(column: str, score: Score) -> str:
    """The metric name of a column; files call every score accuracy."""
    return column.replace(ACCURACY.key, score.key)
