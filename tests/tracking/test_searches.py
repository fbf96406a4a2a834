import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from fewqubit.base.io.files import read_json, write_json
from fewqubit.errors import ArtifactError
from fewqubit.search.results import Row, save_search
from fewqubit.tasks.scores import ENTITY_F1, FIELD
from fewqubit.tracking.searches import mirror_searches
from locked_project import Project


def save(project: Project, arm: str = "quantum", trials: int = 3) -> Path:
    folder = project.root / "artifacts/searches/digits/protonet" / arm
    rows = [
        Row(
            number,
            {"training.learning_rate": 0.1 * (number + 1), "encoder.widths": [16]},
            [0.5 + 0.01 * number],
            2.0,
            f"2026-01-01T00:00:0{number}+00:00",
        )
        for number in range(trials)
    ]
    card = {"dataset": "digits", "learner": "protonet", "arm": arm, "study": "abc"}
    card |= {"plan": {"sampler": "grid", "trials": trials}, "space": {"encoder.widths": [[16]]}}
    save_search(folder, card, rows)
    return folder


def runs(project: Project) -> list[Run]:
    store = MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    experiment = store.get_experiment_by_name("fewqubit-digits-search")
    return list(store.search_runs([experiment.experiment_id], order_by=["start_time"]))


def test_a_search_is_a_run_and_its_trials_are_runs_within_it(stored: Project):
    save(stored)
    save(stored, "twin")
    assert mirror_searches(stored.root).logged == ("digits/protonet", "digits/protonet-twin")
    assert mirror_searches(stored.root) == ((), ())
    found = {run.info.run_name: run for run in runs(stored)}
    assert len(found) == 2 * (1 + 3)
    parent, trial = found["protonet search"], found["protonet trial 2"]
    assert trial.data.tags[MLFLOW_PARENT_RUN_ID] == parent.info.run_id
    assert trial.data.params["training.learning_rate"] == "0.30000000000000004"
    assert trial.data.metrics["validation/accuracy"] == pytest.approx(0.52)
    assert trial.info.end_time - trial.info.start_time == 2000
    assert parent.data.metrics["validation/accuracy"] == pytest.approx(0.52)
    assert parent.data.params["best.encoder.widths"] == "[16]"


def test_a_search_that_went_on_has_a_new_run(stored: Project):
    save(stored)
    mirror_searches(stored.root)
    save(stored, trials=4)
    assert mirror_searches(stored.root).logged == ("digits/protonet",)
    assert sum(run.info.run_name == "protonet search" for run in runs(stored)) == 2


def test_what_a_kill_left_half_written_is_replaced(
    stored: Project, monkeypatch: pytest.MonkeyPatch
):
    save(stored)
    with monkeypatch.context() as killed:
        killed.setattr("fewqubit.tracking.searches.write._end", lambda _: sys.exit(9))
        with pytest.raises(SystemExit):
            mirror_searches(stored.root)
    assert mirror_searches(stored.root).logged == ("digits/protonet",)
    assert [run.info.status for run in runs(stored)] == ["FINISHED"] * 4


def test_without_a_search_there_is_nothing_to_do(project: Project):
    assert mirror_searches(project.root) == ((), ())
    assert not list(project.root.glob("mlflow*"))


def test_a_search_without_its_trials_is_one_clear_line(project: Project):
    (save(project) / "trials.csv").unlink()
    with pytest.raises(ArtifactError, match=r"trials\.csv: cannot be read"):
        mirror_searches(project.root)


def test_a_search_is_named_by_what_its_data_set_is_scored_by(stored: Project):
    save(stored)
    prepared = stored.root / "artifacts/prepared/digits/summary.json"
    write_json(prepared, read_json(prepared) | {FIELD: ENTITY_F1.name})
    mirror_searches(stored.root)
    for run in runs(stored):
        assert run.data.metrics["validation/entity_f1"] == pytest.approx(0.52, abs=0.03)
        assert "validation/accuracy" not in run.data.metrics
