"""Code that settings name: only what may be named, and one line for whatever it raises."""

from pathlib import Path

import pytest

from fewqubit.base import usercode
from fewqubit.base.usercode import OwnCode, check_allowed, load, parts
from fewqubit.errors import DataError, OwnCodeError, SettingsError


def three():
    return 3


NOT_CALLABLE = 3


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):
    """Writes a module ``own.<name of the test>`` and gives its import path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    name = "".join(filter(str.isalnum, request.node.name))
    (tmp_path / "own").mkdir()

    def write(text: str) -> str:
        (tmp_path / f"own/{name}.py").write_text(text)
        return f"own.{name}:make"

    return write


@pytest.mark.parametrize(
    "path",
    [
        *("subprocess:getoutput", "os:system", "builtins:exec", "numpy:load", "pathlib:Path"),
        *("fewqubit.base.io.files:write_text", "owned:x", "own_x.y:z", "pipelines.track:main"),
    ],
)
def test_code_that_was_not_meant_for_it_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"neither below own/ .* list a package .* 'allow'"):
        check_allowed(path, [])
    with pytest.raises(SettingsError, match=f"source '{path}': module"):
        load(path, "source", ["num"])


@pytest.mark.parametrize(
    "path",
    ["own", "own:", ":f", "own.:f", "own..a:f", "own.a:f.g", "own.a:__x__", "own/a:f", "o n:f"],
)
def test_what_is_no_import_path(path: str) -> None:
    with pytest.raises(ValueError, match="expected an import path, module:function"):
        parts(path)


def test_what_is_listed_is_allowed_with_all_below_it_but_never_pythons_own() -> None:
    check_allowed("mine.maps:f", ["mine"])
    check_allowed("mine.maps:f", ["mine.maps"])
    for path, listed in (("mine:f", "mine.maps"), ("mineral:f", "mine"), ("os:system", "os")):
        with pytest.raises(ValueError, match="neither below"):
            check_allowed(path, [listed])


def test_a_package_with_an_entry_point_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fewqubit]\nmaps = mine.maps\n")
    monkeypatch.syspath_prepend(tmp_path)
    usercode._declared.cache_clear()
    check_allowed("mine.other:f", [])
    usercode._declared.cache_clear()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ZeroDivisionError('boom')", r"ZeroDivisionError: boom \(own/\w+\.py, line 1\)"),
        ("\ndef f(:", r"SyntaxError: .* \(own/\w+\.py, line 2\)"),
        ("import not_there", r"ModuleNotFoundError: No module named 'not_there' \(own/\w+"),
        ("import sys\nsys.exit(0)", r"SystemExit: 0 \(own/\w+\.py, line 2\)"),
        ("make: int", "expected a function, module own\\.\\w+ has no such name"),
        ("make = 3", "expected a function, module own\\.\\w+ has 3 there"),
    ],
)
def test_a_module_that_cannot_be_used_is_one_line(module, text: str, said: str) -> None:
    path = module(text)
    with pytest.raises(
        (OwnCodeError, SettingsError), match=f"^(cannot import )?map '{path}': {said}"
    ) as raised:
        load(path, "map", [])
    assert "\n" not in str(raised.value)


def test_what_it_raises_when_called_names_its_line(module) -> None:
    make = load(module("def make():\n    raise RuntimeError('two\\nlines')"), "map", [])
    with (
        pytest.raises(OwnCodeError, match=r"^code of your own: RuntimeError: two lines \(own/"),
        OwnCode(),
    ):
        make()
    with (
        pytest.raises(OwnCodeError, match=r"^map 'x': TypeError: make\(\) takes 0 "),
        OwnCode("map 'x'"),
    ):
        make(1)


def test_other_faults_stay_what_they_are() -> None:
    for error in (ZeroDivisionError, DataError, KeyboardInterrupt, SystemExit):
        with pytest.raises(error), OwnCode():
            raise error
