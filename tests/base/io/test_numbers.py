"""Numbers as callers have them: taken where they are numbers, named where they are not."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from fewqubit.base.io.numbers import check_results, real_numbers
from fewqubit.errors import CircuitError, DataError


@pytest.mark.parametrize(
    "values",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]], np.int8),
        np.array([[1, 2], [3, 4]], object),
        np.array([[1, 2], [3, 4]], complex),
        pd.DataFrame({"a": [1, 3], "b": [2.0, 4.0]}).astype(object),
        pd.DataFrame({"a": [1, 3], "b": [2, 4]}, dtype="Int64"),
        [[Decimal(1), Fraction(2)], [np.float32(3), np.uint8(4)]],
        np.ma.MaskedArray([[1, 2], [3, 4]], mask=False),
    ],
)
def test_numbers_of_any_type(values):
    found = real_numbers(values, "x")
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2], [3, np.nan]], "x, row 1, column 1 is nan"),
        ([[1, -np.inf]], "x, row 0, column 1 is -inf"),
        ([1, np.nan], "x, entry 1 is nan"),
        (np.array([["1", "2"]]), "x, row 0, column 0 is .*'1'.*not a real number"),
        (np.array([[1, "a"]], object), "x, row 0, column 1 is 'a' .str."),
        (np.array([[1, None]], object), "x, row 0, column 1 is None"),
        (pd.DataFrame({"a": [1, None]}, dtype="Int64"), "x, row 1, column 0 is nan"),
        (np.array([[1, 1j]]), "x, row 0, column 1 is .*1j"),
        (np.array([["2020-01-01"]], "datetime64[D]"), "x, row 0, column 0 is .*2020"),
        ([[1, 2], [3]], "rows of equally many numbers"),
        (np.ma.MaskedArray([1, 2], mask=[0, 1]), "masked"),
        ([[10**400]], "x, row 0, column 0 is inf"),
        ("text", "x is 'text'|x is np.str"),
    ],
)
def test_what_is_no_number_is_one_line_with_its_place(values, message):
    with pytest.raises(DataError, match=message) as caught:
        real_numbers(values, "x")
    assert "\n" not in str(caught.value)


def test_results_that_are_not_finite_name_their_row():
    results = np.ones((4, 2, 2), complex)
    check_results(results, "the state")
    check_results(results[:0], "the state")
    results[2, 1, 0] = np.nan
    with pytest.raises(CircuitError, match="row 12: the state is not finite"):
        check_results(results, "the state", first_row=10)
