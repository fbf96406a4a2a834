"""Names become rows or functions, or one clear line."""

import pytest

from fewqubit.base.registry import look_up, resolve
from fewqubit.errors import SettingsError

ROWS = {"one": 1, "two": 2}


def test_a_row_and_an_import_path(allow):
    assert resolve("two", ROWS, "number") == look_up("two", ROWS, "number") == 2
    allow("base.test_usercode")
    assert resolve("base.test_usercode:three", ROWS, "number")() == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("three", "unknown number 'three'; known: one, two; or name your own as module:function"),
        ("own.no_such:x", "No module named 'own"),
        (":x", "number ':x': expected an import path, module:function"),
    ],
)
def test_errors_name_what_was_asked_and_what_is_known(name, message):
    with pytest.raises(SettingsError, match=message):
        resolve(name, ROWS, "number")


def test_a_section_of_the_settings_has_no_code():
    with pytest.raises(SettingsError, match=r"unknown number 'own.x:y'; known: one, two$"):
        look_up("own.x:y", ROWS, "number")
