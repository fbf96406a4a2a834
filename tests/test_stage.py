"""A stage that fails says so in one line, and leaves no journal."""

from pathlib import Path

import pytest

from fewqubit.errors import DataError
from fewqubit.files import read_json
from fewqubit.stage import asked, stage


def test_a_known_error_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="prepare@x: no rows"), stage("prepare@x"):
        raise DataError("no rows")
    assert not (tmp_path / "artifacts/journal/prepare@x.json").exists()


def test_a_fault_of_the_program_keeps_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZeroDivisionError), stage("prepare@x"):
        raise ZeroDivisionError


def test_success_is_journaled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with stage("prepare@x"):
        pass
    assert read_json("artifacts/journal/prepare@x.json")["stage"] == "prepare@x"


@pytest.mark.parametrize("name", ["../../x", "a b", "$(x)", ""])
def test_a_stage_is_asked_for_a_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["prepare", "--dataset", name])
    with pytest.raises(SystemExit, match="--dataset: expected a name"):
        asked("about", "dataset")
