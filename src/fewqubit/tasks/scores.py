"""What answers of a data set are scored by: the one place where a score has its name."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

FIELD = "score"  # of summary.json, where it is no share of right answers


class Score(NamedTuple):
    """A figure that is 1 where every answer is right.

    name:   for people
    key:    in names of metrics, which take letters, digits and ``_``
    least:  what it is never below
    """

    name: str
    key: str
    least: float = 0.0


ACCURACY = Score("accuracy", "accuracy")
EXPLAINED = Score("R²", "r2", -math.inf)
ENTITY_F1 = Score("entity F1", "entity_f1")
SCORES = {one.name: one for one in (ACCURACY, EXPLAINED, ENTITY_F1)}


def score_of(summary: Mapping[str, Any]) -> Score:
    """The score of prepared data, whose summary.json holds ``summary``."""
    return SCORES[summary.get(FIELD, ACCURACY.name)]


def metric_name(column: str, score: Score) -> str:
    """How a figure is called that files keep as accuracy, whatever the score is."""
    return column.replace(ACCURACY.key, score.key)
