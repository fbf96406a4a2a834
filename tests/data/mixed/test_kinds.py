"""Plain rules say what a column holds; what can be read in two ways is refused."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from fewqubit.data.mixed.kinds import column_of, schema_of
from fewqubit.data.mixed.schema import Column, Dropped, packed, unpacked
from fewqubit.errors import DataError

DAY = datetime.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.5, None, 2], Column("f", "number")),
        ([True, False], Column("f", "number")),
        ([Decimal("1.5"), Decimal(2)], Column("f", "number")),
        (["yes", "No", None], Column("f", "yes_no", ("no", "yes"))),
        ([True, None, False], Column("f", "yes_no", ("false", "true"))),
        (["2020-01-31", "2020-02-01T12:30"], Column("f", "date")),
        ([DAY, DAY], Column("f", "date")),
        (["b", "a", " a", "b"], Column("f", "category", ("a", "b"))),
        (["A11", "A12"] * 2, Column("f", "category", ("A11", "A12"))),
        (["20-30", "30+"] * 2, Column("f", "category", ("20-30", "30+"))),
        (pd.Categorical([1, 2, 1]), Column("f", "category", ("1", "2"))),
        (["a", "b", "c"], Dropped("f", "text of 3 different values is no category")),
        ([None, None], Dropped("f", "it is empty")),
        (["", " "], Dropped("f", "it is empty")),
    ],
)
def test_what_cells_are_taken_for(cells, expected):
    assert column_of(pd.Series(cells, name="f"), None, "t") == expected


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["1", "2", "x"], "must hold numbers, as in 2 rows, but row 3 has 'x'"),
        ([1, 2, "-"], "but row 3 has '-'; correct it, list it in `missing`"),
        (["1,5", "2,5", "€3,5"], "must hold numbers, as in 2 rows, but row 3 has '€3,5'"),
        (["2020-01-31", "1.2.2020"], "must hold dates .* as in 1 rows, but row 2 has '1.2.2020'"),
        (["2020-02-30", "2020-01-31"], "must hold dates .* but row 1 has '2020-02-30'"),
        (["1", "2"], "holds numbers as text, as '1' in row 1; make them numbers"),
        (["1,5", "2,5"], "has figures like '1,5' in row 1, which can be read in several ways"),
        (["1'000", "2'000"], "several ways"),
        (["5 %", "7 %"], "several ways"),
        (["0x10", "0x11"], "several ways"),
        (["−1", "−2"], "several ways"),
        (["1.2.2020", "2.2.2020"], "several ways"),
        (["01/02/2020", "02/02/2020"], "several ways"),
        ([[1], [2]], "must hold numbers, texts or dates, but row 1"),
        ([b"1", b"2"], "must hold numbers, but row 1"),
        ([datetime.time(1), datetime.time(2)], "must hold numbers, but row 1"),
        (pd.to_timedelta([1, 2]), "must hold numbers, but row 1"),
        ([1.0, np.inf], "is infinite"),
    ],
)
def test_what_can_be_read_in_two_ways_or_not_at_all_is_refused(cells, message):
    with pytest.raises(DataError, match=f"t: column 'f' {message}|{message}"):
        column_of(pd.Series(cells, name="f"), None, "t")


@pytest.mark.parametrize(
    ("cells", "said", "expected"),
    [
        (["1", "2"], "number", Column("f", "number")),
        ([1, 2], "category", Column("f", "category", ("1", "2"))),
        (["1", "x"], "category", Column("f", "category", ("1", "x"))),
        ([0, 1], "yes_no", Column("f", "yes_no", ("0", "1"))),
        (["a", "b"], "drop", Dropped("f", "columns says so")),
    ],
)
def test_a_person_may_say_otherwise(cells, said, expected):
    assert column_of(pd.Series(cells, name="f"), said, "t") == expected


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("number", "must hold numbers, but row 1 has 'a'"),
        ("date", "row 1: expected a date like 2020-12-31"),
        ("yes_no", "row 1: expected 0 or 1, got 'a'"),
    ],
)
def test_what_is_said_must_be_so(said, message):
    with pytest.raises(DataError, match=message):
        column_of(pd.Series(["a", "b"], name="f"), said, "t")


def test_more_categories_than_can_be_features():
    many = pd.Series([f"w{number}" for number in range(1001)], name="f")
    with pytest.raises(DataError, match="has 1001 categories; up to 1000"):
        column_of(many, "category", "t")


def test_a_text_of_the_users_may_stand_for_no_value():
    frame = pd.DataFrame({"u": ["1.5", "?"], "v": ["?", "?"], "w": [1, 2]})
    schema = schema_of(frame, {"u": "number"}, "t", ["?"])
    assert schema.names == ["u", "w"]
    assert schema.dropped == (Dropped("v", "it is empty"),)
    assert unpacked(packed(schema)) == schema
