"""A stage that fails says so in one line, and leaves no journal."""

import os
from pathlib import Path

import pytest

from fewqubit.base.io.files import read_json
from fewqubit.errors import DataError
from fewqubit.stages.process import ENOUGH, LONG, SHORT, THREADS, asked, compile_for, stage


def test_a_known_error_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="prepare@x: no rows"), stage("prepare@x"):
        raise DataError("no rows")
    assert not (tmp_path / "artifacts/journal/prepare@x.json").exists()


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (OSError(28, "No space left on device"), "OSError: No space left on device"),
        (PermissionError(13, "Permission denied", "x.npz"), "Permission denied: x.npz"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating"), "not enough memory"),
    ],
)
def test_a_fault_of_the_machine_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=f"prepare@x: .*{line}"), stage("prepare@x"):
        raise fault
    monkeypatch.setenv("FEWQUBIT_TRACEBACK", "1")
    with pytest.raises(type(fault)), stage("prepare@x"):
        raise fault


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


@pytest.mark.parametrize(
    ("before", "steps", "after"),
    [(SHORT, ENOUGH, SHORT), (SHORT, ENOUGH + 1, LONG), ("--mine", ENOUGH + 1, "--mine")],
)
def test_long_training_compiles_longer_and_flags_of_the_user_stay(
    monkeypatch: pytest.MonkeyPatch, before: str, steps: int, after: str
) -> None:
    monkeypatch.setenv("XLA_FLAGS", before)
    monkeypatch.setenv(THREADS, "2")
    compile_for(steps)
    assert os.environ["XLA_FLAGS"] == after
    assert os.environ[THREADS] == "2"


@pytest.mark.parametrize(("steps", "threads"), [(ENOUGH, "1"), (ENOUGH + 1, None)])
def test_one_thread_computes_what_is_small(
    monkeypatch: pytest.MonkeyPatch, steps: int, threads: str | None
) -> None:
    monkeypatch.setenv("XLA_FLAGS", LONG)
    monkeypatch.setenv(THREADS, "any")
    monkeypatch.delenv(THREADS)
    compile_for(steps)
    assert os.environ.get(THREADS) == threads
