"""Names become functions, or one clear line."""

import math

import pytest

from fewqubit.errors import SettingsError
from fewqubit.registry import resolve

ROWS = {"one": 1, "two": 2}


def test_a_row_and_an_import_path():
    assert resolve("two", ROWS, "number") == 2
    assert resolve("math:pi", ROWS, "number") == math.pi


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("three", "unknown number 'three'; known: one, two"),
        ("math:tau2", "cannot import number 'math:tau2'"),
        ("no_such_module:x", "No module named 'no_such_module'"),
        (":x", "cannot import number ':x'"),
    ],
)
def test_errors_name_what_was_asked_and_what_is_known(name, message):
    with pytest.raises(SettingsError, match=message):
        resolve(name, ROWS, "number")
