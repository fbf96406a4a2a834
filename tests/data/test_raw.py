"""Raw data are checked once, at the door, whoever made them."""

import numpy as np
import pytest

from fewqubit.data.raw import RawData, as_float, checked
from fewqubit.errors import DataError

GOOD = RawData(np.ones((3, 2)), np.array([0, 1, 1]), ["a", "b"], ["a", "b"])


def test_good_data_come_back_in_single_precision():
    raw = checked(GOOD, "here")
    assert raw.x.dtype == np.float32
    assert raw.y.dtype == np.int32


def test_levels_stay_bytes_and_mean_255ths():
    levels = np.array([[0, 51, 255]], np.uint8)
    assert checked(GOOD._replace(x=levels.repeat(3, 0)), "here").x.dtype == np.uint8
    np.testing.assert_array_equal(as_float(levels), np.float32([[0, 0.2, 1]]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.ones(3)}, "x must be numbers"),
        ({"x": np.array([["a"]] * 3)}, "x must be numbers"),
        ({"y": np.array([0, 1])}, "y must be 3 integers"),
        ({"y": np.array([0.0, 1, 1])}, "y must be 3 integers"),
        ({"names": ["a", "a"]}, "names must be unique"),
        ({"groups": ["a"]}, "one group for each class"),
        ({"y": np.array([0, 0, 0])}, "each of 0 … 1"),
        ({"y": np.array([0, 1, 2])}, "each of 0 … 1"),
        ({"x": np.array([[0.0], [np.nan], [1]])}, "row 1 is not"),
    ],
)
def test_what_is_wrong_is_named(change, message):
    with pytest.raises(DataError, match=f"here: .*{message}"):
        checked(GOOD._replace(**change), "here")


def test_something_else_is_refused():
    with pytest.raises(DataError, match=r"must return a fewqubit\.data\.RawData, got dict"):
        checked({}, "here")
