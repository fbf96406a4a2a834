"""What is handed to a classifier: columns by name, labels as they came, one line for all else."""

import datetime
from collections import namedtuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from fewqubit.data.features import Transform
from fewqubit.data.given.labels import given_labels
from fewqubit.data.given.rows import given_rows
from fewqubit.data.labels import packed_classes, unpacked_classes
from fewqubit.errors import DataError

TABLE = Transform((3,), flatten=False, columns=["u", "v", "w"])
IMAGES = Transform((2, 2), flatten=False)
ROWS = np.array([[1.0, 2, 3], [4, 5, 6]])
FRAME = pd.DataFrame(ROWS, columns=["u", "v", "w"])
RECORDS = np.array([(3.0, 1.0, 2.0), (6.0, 4.0, 5.0)], dtype=[(name, "f8") for name in "wuv"])


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.tolist(),
        FRAME,
        FRAME[["w", "u", "v"]],
        FRAME.astype(object)[["v", "w", "u"]],
        FRAME.astype("Int64")[["v", "w", "u"]],
        FRAME.astype(np.uint8)[["v", "w", "u"]],
        pd.DataFrame(ROWS),
        pa.Table.from_pandas(FRAME[["w", "v", "u"]]),
        RECORDS,
        ROWS.astype(object),
        ROWS.astype(np.uint8),
        np.ma.array(ROWS, mask=False),
    ],
)
def test_rows_in_any_form_are_the_same_rows(rows):
    np.testing.assert_array_equal(given_rows(rows, TABLE), ROWS)


def test_bytes_are_levels_for_a_model_of_images_alone():
    levels = np.array([[0, 51, 255, 0]], np.uint8)
    assert given_rows(levels, IMAGES).dtype == np.uint8
    assert given_rows(levels.astype(int), IMAGES)[0, 1, 0] == 255


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (FRAME.rename(columns={"v": "x"}), "missing: 'v'; not of training: 'x'; .*by position"),
        (FRAME.assign(x=1), "any order; not of training: 'x'"),
        (FRAME.drop(columns="u"), "any order; missing: 'u'"),
        (FRAME.reset_index(), "not of training: 'index'"),
        (FRAME.set_axis(["u", "u", "w"], axis=1), "more than one column is called 'u'"),
        (FRAME.assign(v=["a", "b"]), "column 'v' must hold numbers, but row 1 has 'a'"),
        (FRAME.assign(v=[1, None]), "column 'v' has no value in row 2"),
        (FRAME.assign(v=pd.Categorical([1, 2])), "column 'v' must hold numbers"),
        (FRAME.iloc[:0], "one row at least"),
        (FRAME.iloc[0], r"rows of 3 numbers, .* got an array \[3\]"),
        (ROWS[:, :2], r"rows of 3 numbers, .* got an array \[2, 2\]"),
        (ROWS[:0], "one row at least"),
        (3.0, "rows of 3 numbers"),
        (None, "expected rows of numbers, got object"),
        ([[1, 2, 3], [1]], "expected rows of numbers, got list"),
        ({"u": [1]}, "expected rows of numbers"),
        (np.full((1, 3), "1"), "expected rows of numbers, got <U1"),
        (np.array([[1, "2", 3]], object), "row 1 has '2'"),
        (ROWS + 1j, "complex128 .* real and imaginary"),
        (ROWS.astype("M8[s]"), "got datetime64"),
        (csr_array(ROWS), "a sparse one; use X.toarray"),
        (np.ma.array(ROWS, mask=np.eye(2, 3)), "row 1, 'u': expected a number .* got NaN"),
        ([[1, 2, 3], [4, np.inf, 6]], "row 2, 'v': expected a number within .* got inf"),
        (ROWS * 1e30, "row 1, 'u': expected a number within"),
    ],
)
def test_other_rows_are_one_line(rows, message):
    with pytest.raises(DataError, match=message) as error:
        given_rows(rows, TABLE)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "classes",
    [
        np.array(["a", "b"]),
        np.array(["a", "b"], object),
        np.array([-1, 2]),
        np.array([0.5, 1.0], np.float32),
        np.array([False, True]),
        np.array([b"a", b"\xff"]),
        np.array(["2020-01-01", "2020-01-02"], "M8[ns]"),
        np.array([datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)], object),
        np.array([1, 10**30], object),
    ],
)
def test_labels_come_back_as_they_came_stored_or_not(classes):
    known, codes = given_labels(classes[[1, 0, 1]], 3)
    np.testing.assert_array_equal(known, classes)
    assert codes.tolist() == [1, 0, 1]
    packed = packed_classes(known)
    back = unpacked_classes(packed["classes"], packed["class_type"])
    np.testing.assert_array_equal(back, classes)
    assert back.dtype == classes.dtype


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"a label for each of 3 rows, got an array \[2\]"),
        (np.eye(3), r"got an array \[3, 3\]; of one-hot rows take argmax"),
        (None, "target y is None"),
        ("abc", "got 'abc'"),
        ([1, None, 2], r"row 2 has no label in y \(1 such rows\)"),
        ([1.0, np.nan, 2], "row 2 has no label"),
        (["a", np.nan, "b"], "row 2 has no label"),
        (pd.array([1, pd.NA, 2], "Int64"), "row 2 has no label"),
        (np.array(["2020-01-01", "NaT", "2020"], "M8[D]"), "row 2 has no label"),
        (np.ma.array([1, 2, 3], mask=[0, 1, 0]), "row 2 has no label"),
        (["a", " ", "b"], "row 2 has no label"),
        (["a", 1, "b"], r"row 1 has 'a' \(str\) and row 2 has '1' \(int\)"),
        ([1, True, 2], r"row 1 has '1' \(int\) and row 2 has 'True' \(bool\)"),
        ([1, "1", 2], "labels must be of one type"),
        (["a", "A", "b"], r"'A' \(row 2\) and 'a' \(row 1\) are one class spelled in two ways"),
        (["é", "e\u0301", "b"], "one class spelled in two ways"),
        ([1j, 2j, 1j], "a label is a text, a number or a date"),
        ([(1, 2), (1,), (2,)], "a label"),
        (["a\0", "b", "b"], r"control character U\+0000"),
        (["a", "a", "a"], "two classes or more, got .'a'."),
    ],
)
def test_other_labels_are_one_line(labels, message):
    with pytest.raises(DataError, match=message) as error:
        given_labels(labels, 3)
    assert "\n" not in str(error.value)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=3), st.integers(), st.floats(), st.none()), max_size=5))
def test_any_list_of_labels_is_taken_as_it_is_or_refused_in_one_line(labels):
    try:
        classes, codes = given_labels(labels, len(labels))
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert classes[codes].tolist() == labels


def test_a_named_tuple_of_columns_is_no_table():
    with pytest.raises(DataError, match="expected rows"):
        given_rows(namedtuple("Row", "u v w")(1, 2, 3), TABLE)
