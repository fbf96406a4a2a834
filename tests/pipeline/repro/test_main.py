"""Stages by DVC's own hand, and a lock that says the same as DVC's."""

import subprocess
import threading
import time
from pathlib import Path

import dvc.lock as dvc_lock
import pytest

from fewqubit.pipeline.process import dvc, repro
from fewqubit.pipeline.repro.__main__ import LOOK_S
from toy_project import make_toy


def make(project: Path, command: list[str]) -> str:
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_the_lock_is_the_one_that_dvc_writes(tmp_path: Path) -> None:
    ours, theirs = make_toy(tmp_path / "ours"), make_toy(tmp_path / "theirs")
    said = make(ours, repro())
    make(theirs, dvc("repro"))
    assert (ours / "dvc.lock").read_bytes() == (theirs / "dvc.lock").read_bytes()
    assert said.count("is made") == 4
    assert "Data and pipelines are up to date" in make(ours, dvc("repro"))


def test_what_was_made_before_a_failure_is_in_the_lock(toy: Path) -> None:
    (toy / "fail-train-a").write_text("1")
    said = make(toy, repro("train@a"))
    assert "ERROR: failed to reproduce 'train@a'" in said
    assert "prepare:" in (toy / "dvc.lock").read_text()
    assert "Stage 'prepare' didn't change" in make(toy, dvc("repro", "prepare"))


def test_a_stage_without_outputs_finds_a_full_lock(toy: Path) -> None:
    with (toy / "dvc.yaml").open("a") as file:
        file.write("  look:\n    cmd: cp dvc.lock seen\n    deps: [report.out]\n")
    make(toy, repro())
    assert "report:" in (toy / "seen").read_text()


def test_results_that_a_killed_run_had_not_locked_come_from_the_cache(toy: Path) -> None:
    make(toy, repro("train@a"))
    (toy / "dvc.lock").unlink()
    (toy / "train-a.out").unlink()
    assert "Stage 'train@a' is cached" in make(toy, repro("train@a"))
    assert "train@a:" in (toy / "dvc.lock").read_text()


def test_dvc_looks_for_its_lock_as_often_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ``main`` sets is what DVC's lock reads when it waits."""
    assert dvc_lock.DEFAULT_TIMEOUT > 1
    monkeypatch.setattr(dvc_lock, "DEFAULT_TIMEOUT", 6 * LOOK_S)
    held, waits = (dvc_lock.Lock(str(tmp_path / "lock"), wait=True) for _ in range(2))
    held.lock()
    threading.Timer(0.1, held.unlock).start()
    began = time.monotonic()
    waits.lock()
    assert time.monotonic() - began < 0.45
    waits.unlock()
