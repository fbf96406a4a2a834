"""Raw data are checked once, at the door, whoever made them."""

import numpy as np
import pytest

from fewqubit.data.raw import RawData, as_float, checked
from fewqubit.errors import DataError

GOOD = RawData(np.ones((3, 2)), np.array([0, 1, 1]), ["a", "b"], ["a", "b"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("?", "f8"), ("u1", "f8"), ("f2", "f8")],
)
def test_good_data_keep_the_precision_they_have(given, kept):
    raw = checked(GOOD._replace(x=np.array([[0, 1], [1, 1], [1, 0]], given)), "here")
    assert raw.x.dtype == kept
    np.testing.assert_array_equal(raw.x, [[0, 1], [1, 1], [1, 0]])
    assert raw.y.dtype == np.int32


def test_bytes_of_images_stay_bytes_and_mean_255ths():
    levels = np.array([[[0, 51, 255]]], np.uint8)
    assert checked(GOOD._replace(x=levels.repeat(3, 0)), "here").x.dtype == np.uint8
    np.testing.assert_array_equal(as_float(levels), np.float32([[[0, 0.2, 1]]]))


def test_names_are_trimmed_as_labels_are():
    assert checked(GOOD._replace(names=[" a", "e\u0301"]), "here").names == ["a", "é"]


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
        ({"x": np.array([[0.0], [np.nan], [1]])}, r"but row 1 has nan at \[0\]"),
        ({"x": np.array([[0.0], [1e30], [1]])}, r"within ±1e\+20, but row 1 has 1e\+30"),
        ({"x": np.ones((3, 2)) + 1j}, "got complex128 .*real and imaginary parts"),
        ({"x": [[1], [2, 3], [4]]}, "x is no array"),
        ({"y": np.array([0, -1, 1])}, "each of 0 … 1, .* row 1 has -1"),
        ({"y": np.array(["a", "b", "b"])}, "3 integers, got <U1 .*return_inverse"),
        ({"y": np.array([False, True, True])}, "3 integers, got bool"),
        ({"names": [0, 1]}, r"names\[0\] must be a text, got 0 \(int\)"),
        ({"names": "ab"}, "names must be a list of texts, got str"),
        ({"names": ["a", " "]}, r"names\[1\] must be a text"),
        ({"names": ["A", "a"]}, "one class spelled in two ways"),
        ({"names": ["a", "b\0"]}, r"control character U\+0000"),
        ({"groups": ["g", "G"]}, "groups: .*one class spelled in two ways"),
        ({"groups": None}, "groups must be a list of texts, got NoneType"),
        ({"columns": ["u"]}, "columns must name each of 2 numbers of a row, got 1"),
        ({"columns": ["u", "u"]}, "more than one column is called 'u'"),
    ],
)
def test_what_is_wrong_is_named(change, message):
    with pytest.raises(DataError, match=f"here: .*{message}"):
        checked(GOOD._replace(**change), "here")


def test_something_else_is_refused():
    with pytest.raises(DataError, match=r"must return a fewqubit\.data\.RawData, got dict"):
        checked({}, "here")
