"""Cells to numbers and back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.data.mixed.codes import cells, coded, days, unseen
from fewqubit.data.mixed.kinds import schema_of
from fewqubit.data.mixed.schema import Column, Schema
from fewqubit.errors import DataError

SAID = {"n": "number", "c": "category", "b": "yes_no", "d": "date"}
TEXTS = st.sampled_from(["red", "Grün", "007", "no", "a b"])
TIMES = st.datetimes(min_value=pd.Timestamp("1700-01-01"), max_value=pd.Timestamp("2200-01-01"))
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(10**9), 10**9).map(lambda number: number / 100),
        st.none() | TEXTS,
        st.none() | st.sampled_from(["yes", "no"]),
        st.none() | TIMES.map(lambda time: time.replace(microsecond=0).isoformat()),
    ),
    min_size=1,
    max_size=6,
)


def _frame(rows):
    return pd.DataFrame(rows, columns=list(SAID), dtype=object)


@settings(max_examples=25)
@given(ROWS)
def test_a_table_written_from_its_numbers_is_read_as_the_same_numbers(rows):
    frame = _frame(rows)
    schema = schema_of(frame, SAID, "t")
    numbers = coded(frame, schema, "t")
    written = _frame(
        [[cell if cell != "" else None for cell in cells(row, schema)] for row in numbers]
    )
    np.testing.assert_array_equal(coded(written, schema, "t"), numbers)
    np.testing.assert_array_equal(np.isnan(numbers), frame.isna())


def test_days_since_1970():
    dates = pd.Series(["1970-01-02", "1969-12-31T12:00", "2020-01-01T00:00:00+02:00", None])
    np.testing.assert_array_equal(days(dates), [1, -0.5, 18262 - 1 / 12, np.nan])
    np.testing.assert_array_equal(days(pd.to_datetime(dates[:1])), [1])


def test_a_category_that_is_not_known_is_none_of_them_and_said():
    schema = Schema((Column("c", "category", ("blue", "red")),), missing=("?",))
    frame = pd.DataFrame({"c": ["red", "pink", "?", None, "blue"]})
    np.testing.assert_array_equal(coded(frame, schema, "t")[:, 0], [1, -1, np.nan, np.nan, 0])
    (line,) = unseen(frame, schema)
    assert line.startswith("column 'c': 'pink' in row 2 (1 such rows) was not in training")
    assert unseen(frame.iloc[[0, 2]], schema) == []


@pytest.mark.parametrize(
    ("about", "cell", "message"),
    [
        (Column("f", "number"), "x", "must hold numbers, but row 2 has 'x'"),
        (Column("f", "yes_no", ("no", "yes")), "maybe", "row 2: expected no or yes, got 'maybe'"),
        (Column("f", "date"), "1.2.2020", "row 2: expected a date like"),
    ],
)
def test_a_cell_of_another_kind_is_refused(about, cell, message):
    with pytest.raises(DataError, match=f"t: column 'f'.*{message}"):
        coded(pd.DataFrame({"f": [None, cell]}), Schema((about,)), "t")


def test_yes_and_no_in_other_words():
    schema = Schema((Column("f", "yes_no", ("no", "yes")),))
    frame = pd.DataFrame({"f": ["YES", True, "0", "n", " yes "]})
    assert coded(frame, schema, "t")[:, 0].tolist() == [1, 1, 0, 0, 1]
