"""NaN and infinity have a place."""

import numpy as np
import pytest

from fewqubit.base.io.finite import check_finite, first_not_finite
from fewqubit.errors import NumbersError


def test_the_first_place_is_told():
    values = np.zeros((2, 3, 4))
    values[1, 2, 3], values[1, 0, 1] = np.nan, np.inf
    assert first_not_finite(values) == (1, 0, 1)
    with pytest.raises(NumbersError, match="here: expected numbers, got inf at seed 1, step 0; st"):
        check_finite(values, "here", ["seed", "step"], "stop")


@pytest.mark.parametrize("fine", [1.0, np.arange(3), ["text"], np.zeros(0), np.ones(2, complex)])
def test_numbers_and_what_is_no_number_pass(fine):
    assert first_not_finite(fine) is None
    check_finite(fine, "here", [], "")


def test_complex_numbers_have_two_parts():
    assert first_not_finite(np.array([1, complex(0, np.nan)])) == (1,)
