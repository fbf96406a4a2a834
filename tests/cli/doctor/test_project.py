"""Findings on projects with something amiss."""

import fcntl
import shutil
from pathlib import Path

import pytest

from fewqubit.cli.doctor.finding import Finding
from fewqubit.cli.doctor.project import look_at_project
from toy_project import make_toy


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return make_toy(tmp_path / "toy")


def found(project: Path) -> dict[str, Finding]:
    return {one.what: one for one in look_at_project(project)}


def test_outside_a_project_there_is_a_way_to_one(tmp_path: Path) -> None:
    (only,) = look_at_project(tmp_path)
    assert "fewqubit new" in only.remedy


def test_a_setting_out_of_range_is_a_fault(toy: Path) -> None:
    params = toy / "params.yaml"
    params.write_text(params.read_text().replace("seed: 2026", "seed: -1", 1))
    settings = found(toy)["settings"]
    assert settings.fault
    assert "seed" in settings.found


def test_a_new_project_has_stages_to_make_and_no_runs(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (toy / "requirements.txt").write_text("fewqubit[all]==0.0.1\nnumpy==2\n")
    seen = found(toy)
    assert seen["DVC"] == ("DVC", "4 of 4 stages are stale", "fewqubit run", False)
    assert seen["MLflow"].found == "no runs yet"
    assert "git init" in seen["Git"].remedy
    assert "pip install -r" in seen["requirements.txt"].remedy
    assert not any(one.fault for one in seen.values())


def test_what_is_broken_is_a_fault_and_a_run_at_work_is_none(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (toy / "mlflow.db").write_text("no database " * 99)
    lock = toy / ".dvc/tmp/fewqubit.lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        seen = found(toy)
    assert "at work" in seen["DVC"].found
    assert not seen["DVC"].fault
    assert seen["MLflow"].fault
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    (toy / "dvc.yaml").write_text("stages: [")
    shutil.rmtree(toy / ".dvc/tmp")
    seen = found(toy)
    assert seen["DVC"].fault
    assert seen["MLflow"].fault
