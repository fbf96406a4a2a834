"""Equal rows are found by content and class, whatever their number format, and said in a line."""

import numpy as np
import pytest

from fewqubit.data import RawData
from fewqubit.data.duplicates import contents, find_repeats, notes, without_copies

X = np.array([[1, 0], [1, -0.0], [2, 0], [1, 0], [2, 0], [3, 0]])
RAW = RawData(X, np.array([0, 0, 0, 1, 1, 1]), ["a", "b"], ["a", "b"])


def test_rows_of_a_class_and_rows_of_several_classes():
    repeats = find_repeats(RAW)
    assert repeats == ([[0, 1]], [[0, 3], [2, 4]])
    assert repeats.n_copies == 1


@pytest.mark.parametrize("kind", ["f4", "f8", "u1"])
def test_the_first_equal_row_stands_for_all(kind, rng):
    x = rng.integers(0, 3, (40, 2)).astype(kind)
    y = rng.integers(0, 2, 40)
    found = contents(x, y)
    whole = np.column_stack([x, y])
    expected = [int(np.flatnonzero((whole == row).all(1))[0]) for row in whole]
    assert found.tolist() == expected


def test_dropping_keeps_the_first_of_each_content_in_each_class():
    kept = without_copies(RAW, find_repeats(RAW))
    np.testing.assert_array_equal(kept.x, X[[0, 2, 3, 4, 5]])
    assert find_repeats(kept).rows == []


def test_what_is_equal_is_said_and_nothing_where_all_differ():
    copies, contested = notes(RAW, find_repeats(RAW), "one_side")
    assert copies.startswith("1 of 6 rows occur before in their class (rows 1 and 2 are equal)")
    assert "2 contents stand in several classes (row 1 in 'a', row 4 in 'b')" in contested
    unlike = RAW._replace(x=np.arange(12.0).reshape(6, 2))
    assert notes(unlike, find_repeats(unlike), "drop") == []
