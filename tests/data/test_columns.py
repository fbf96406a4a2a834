"""Columns as numbers in double precision; an index is no feature."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.data.columns import check_row_numbers, counts_rows, numbers
from fewqubit.errors import DataError

PATH = Path("my.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 3e38], r"beyond ±1e\+20, in row 2"),
        ([1, -np.inf], "infinite, .* in row 2"),
        ([0, 1e-44, 2e-44], r"varies by 2e-44 only"),
        ([2**60, 2**60 + 1], "has 2 different numbers, of which double precision keeps 1"),
        (["0x10", "0x11"], "must hold numbers, but row 1 has '0x10'"),
        (["1,5", "2,5"], "must hold numbers, but row 1 has '1,5'"),
        ([1 + 2j, 3], "must hold numbers"),
        ([[1], [2]], "must hold numbers"),
        (pd.Categorical([1, 2]), "must hold numbers, but row 1 has '1'"),
        (pd.to_datetime(["2020", "2021"]), "must hold numbers"),
        (pd.to_timedelta([1, 2], unit="s"), "must hold numbers"),
    ],
)
def test_what_is_no_number_is_named(values, message):
    with pytest.raises(DataError, match=rf"my\.csv: column 'u' .*{message}"):
        numbers(pd.Series(values, name="u"), PATH)


def test_seconds_since_1970_keep_what_tells_them_apart():
    seconds = 1_700_000_000 + np.arange(60)
    np.testing.assert_array_equal(numbers(pd.Series(seconds, name="u"), PATH), seconds)


@pytest.mark.parametrize("first", [0, 1])
def test_a_column_that_counts_the_rows_is_refused_beside_others(first, rng):
    counts = rng.permutation(np.arange(first, first + 12.0))
    x = np.stack([rng.normal(size=12), counts], axis=1)
    with pytest.raises(DataError, match=r"column .id. counts the rows: .*setting `columns`"):
        check_row_numbers(x, ["u", "id"], PATH)
    check_row_numbers(x[:, 1:], ["id"], PATH)  # what else could have been meant
    check_row_numbers(x * 2, ["u", "id"], PATH)


@pytest.mark.parametrize("name", ["Unnamed: 0", "__index_level_0__", "level_1", ""])
def test_names_that_pandas_gives_to_an_index_are_refused(name):
    with pytest.raises(DataError, match="an index is no feature"):
        check_row_numbers(np.ones((3, 1)), [name], PATH)


@given(st.lists(st.integers(-2, 15), min_size=10, max_size=13))
def test_counting_is_each_number_once(values):
    expected = sorted(values) in (list(range(len(values))), list(range(1, len(values) + 1)))
    assert counts_rows(np.array(values, float)[:, None]).tolist() == [expected]
