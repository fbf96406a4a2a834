"""Starts in a real store: a run for each start in each contest, with its descent and its page."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import write_json, write_npz, write_text
from fewqubit.tracking.starts import mirror_starts
from locked_project import Project

PROBLEMS, STARTS = "artifacts/problems/rings", ("maml", "ramp")
ERRORS = np.array([[[0.5, 0.2, 0.05], [0.4, 0.05, 0.01]]] * 3)  # 3 seeds, 2 problems, 2 steps
CARD = {
    "format": 1,
    "settings": {"contest": {"target": 0.1}},
    "instances": "ab",
    "costs": [[(2, 8)] * 2],
}


@pytest.fixture
def locked(project: Project) -> Project:
    """What the stages of starts leave, locked."""
    root = project.root
    write_card(root / PROBLEMS / "problems.json", CARD)
    project.lock("problems@rings", [], [f"{PROBLEMS}/problems.json"], {"seed": 0})
    for start in STARTS:
        _trained(project, start)
        _tested(project, start)
    write_text(root / "reports/starts/rings.md", "told")
    project.lock(
        "report_starts@rings",
        ["artifacts/contests/rings"],
        ["reports/starts/rings.md"],
        {"seed": 0},
    )
    run = f"problems: [rings]\n  starts: [{', '.join(STARTS)}]"
    (root / "params.yaml").write_text(f"run:\n  {run}\n")
    return project


def _trained(project: Project, start: str) -> None:
    folder = f"artifacts/starts/rings/{start}"
    write_text(project.root / folder / "params.safetensors", f"parameters of {start}")
    write_text(
        project.root / folder / "curve.csv", "seed,round,loss\n0,0,-0.2\n1,0,-0.4\n0,1,-0.5\n"
    )
    card = {"format": 1, "start": start, "settings": {"kind": start}}
    write_card(project.root / folder / "start.json", card, ("params.safetensors", "curve.csv"))
    outs = [f"{folder}/{file}" for file in ("params.safetensors", "start.json", "curve.csv")]
    project.lock(f"train_start@rings-{start}", [f"{PROBLEMS}/problems.json"], outs, {"seed": 0})


def _tested(project: Project, start: str) -> None:
    folder = f"artifacts/contests/rings/{start}"
    arrays = {"errors_0": ERRORS, "evaluations_0": np.zeros((3, 2))}
    write_npz(project.root / folder / "paths.npz", arrays)
    tuned = {"rule": "adam", "rate": 0.03, "tried": {"adam 0.03": 1.0}, "learned": start == "maml"}
    write_json(project.root / folder / "metrics.json", tuned)
    outs = [f"{folder}/paths.npz", f"{folder}/metrics.json"]
    deps = [f"artifacts/starts/rings/{start}/params.safetensors"]
    project.lock(f"evaluate_start@rings-{start}", deps, outs, {"seed": 0})


@pytest.fixture
def store(locked: Project, empty_database: Path) -> MlflowClient:
    shutil.copy(empty_database, locked.root / "mlflow.db")
    return MlflowClient(f"sqlite:///{locked.root}/mlflow.db")


def test_every_start_has_one_run_with_its_descent(locked: Project, store: MlflowClient) -> None:
    assert mirror_starts(locked.root).logged == ("rings/maml", "rings/ramp")
    again = mirror_starts(locked.root)
    assert (again.logged, again.known) == ((), 2)
    experiment = store.get_experiment_by_name("fewqubit-starts-rings")
    runs = {run.info.run_name: run for run in store.search_runs([experiment.experiment_id])}
    assert sorted(runs) == ["maml", "ramp"]
    run = runs["maml"]
    errors = store.get_metric_history(run.info.run_id, "start/error")
    assert {one.step: one.value for one in errors} == pytest.approx({0: 0.45, 1: 0.125, 2: 0.03})
    losses = store.get_metric_history(run.info.run_id, "train/loss")
    assert {one.step: one.value for one in losses} == pytest.approx({0: -0.3, 1: -0.5})
    # one problem arrives at the second step and one at the first: 2 per energy, 8 per gradient
    assert run.data.metrics["start/steps"] == 1.5
    assert run.data.metrics["cost/circuits"] == ((2 * 2 + 8) + (2 * 3 + 16)) / 2
    assert run.data.params["descent.rate"] == "0.03"
    files = {file.path for file in store.list_artifacts(run.info.run_id, "report")}
    assert files == {"report/rings.md"}


def test_a_file_that_is_not_the_locked_one_is_said(locked: Project, store: MlflowClient) -> None:
    write_json(locked.root / "artifacts/contests/rings/ramp/metrics.json", {})
    found = mirror_starts(locked.root)
    assert found.logged == ("rings/maml",)
    assert "metrics.json is not the file that dvc.lock names" in found.skipped[0]
