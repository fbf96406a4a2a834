"""Few classes in validation are said to be weak."""

from typing import Any

import numpy as np
import pytest

from fewqubit.report.gather import Classes, Study
from fewqubit.report.validation import weak_validation


def study(**sets: int) -> Study:
    summary: dict[str, Any] = {"class_sets": {"validation": sets}} if sets else {}
    none = np.zeros((0, 5), int)
    return Study("digits", summary, [], [], [], Classes(none, none, [], []))


def test_few_classes_are_called_weak() -> None:
    text = weak_validation(study(n_way=5, classes=6, possible=6, drawn=6, disjoint=1))
    assert text is not None
    assert "6 classes, in 6 of 6 possible sets of 5, of which 1 can be without" in text


@pytest.mark.parametrize(
    ("classes", "disjoint", "weak"), [(30, 1, True), (9, 4, True), (78, 15, False)]
)
def test_many_classes_are_not(classes: int, disjoint: int, weak: bool) -> None:
    text = weak_validation(study(n_way=5, classes=classes, possible=9, drawn=9, disjoint=disjoint))
    assert (text is not None) == weak


def test_data_prepared_before_they_were_counted_are_no_fault() -> None:
    assert weak_validation(study()) is None
