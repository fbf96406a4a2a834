import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from fewqubit.errors import PipelineError
from fewqubit.tasks.scores import SCORES
from fewqubit.tracking import MirrorSummary, mirror
from fewqubit.tracking.client import has_models
from locked_project import Project

MIRROR = """
import pathlib, sys
from fewqubit.tracking import mirror
mirror(pathlib.Path(sys.argv[1]))
"""


def client(project: Project) -> MlflowClient:
    return MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def runs(project: Project, view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
    store = client(project)
    experiments = [experiment.experiment_id for experiment in store.search_experiments()]
    return list(store.search_runs(experiments, run_view_type=view))


def names(project: Project) -> list[str]:
    return sorted(run.info.run_name for run in runs(project))


def test_every_result_gets_one_run_and_only_one(stored: Project):
    stored.learner("protonet", "quantum")
    stored.learner("protonet", "twin")
    stored.baseline("svm")
    first = mirror(stored.root)
    assert first.logged == ("digits/svm", "digits/protonet", "digits/protonet-twin")
    assert mirror(stored.root) == MirrorSummary(first.uri, (), 3, ())
    assert names(stored) == ["protonet", "protonet-twin", "svm"]
    stored.learner("maml")
    assert mirror(stored.root).logged == ("digits/maml",)


def test_nothing_evaluated_writes_nothing(project: Project):
    assert mirror(project.root).logged == ()
    assert not list(project.root.glob("mlflow*"))


def test_setting_changed_and_changed_back_leaves_two_runs(stored: Project):
    for rate in (0.1, 0.2, 0.1):
        stored.learner(rate=rate)
        mirror(stored.root)
    assert sorted(run.data.params["inner_lr"] for run in runs(stored)) == ["0.1", "0.2"]


def test_deleted_database_is_rebuilt_even_by_two_at_once(stored: Project):
    stored.baseline("svm")
    stored.baseline("logistic")
    mirror(stored.root)
    (stored.root / "mlflow.db").unlink()
    command = [sys.executable, "-c", MIRROR, str(stored.root)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    with closing(sqlite3.connect(stored.root / "mlflow.db")) as store:
        names = store.execute("select name from runs order by name").fetchall()
    assert names == [("logistic",), ("svm",)]


def test_nothing_new_needs_no_mlflow(stored: Project):
    stored.baseline()
    mirror(stored.root)
    check = f"{MIRROR}assert not {{'mlflow', 'jax', 'pandas', 'numpy'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check, str(stored.root)], check=True)


def test_run_that_a_kill_left_half_written_is_replaced(
    stored: Project, monkeypatch: pytest.MonkeyPatch
):
    stored.baseline()
    with monkeypatch.context() as killed:
        killed.setattr("fewqubit.tracking.write.close_run", lambda *_: sys.exit(9))
        with pytest.raises(SystemExit):
            mirror(stored.root)
    assert mirror(stored.root).logged == ("digits/svm",)
    assert [run.info.status for run in runs(stored)] == ["FINISHED"]


def test_run_that_a_person_deleted_stays_deleted(stored: Project):
    stored.baseline()
    mirror(stored.root)
    client(stored).delete_run(runs(stored)[0].info.run_id)
    assert mirror(stored.root).known == 1
    assert names(stored) == []


def test_deleted_experiment_comes_back_with_a_new_result(stored: Project):
    stored.baseline()
    mirror(stored.root)
    client(stored).delete_experiment(runs(stored)[0].info.experiment_id)
    stored.baseline("logistic")
    assert mirror(stored.root).logged == ("digits/logistic",)
    assert "logistic" in names(stored)


def test_only_what_the_run_has_is_mirrored_and_warned_of(stored: Project):
    """dvc.lock remembers learners and baselines that are no longer computed."""
    for name in ("protonet", "maml"):
        stored.learner(name)
    stored.settings(learners=["maml"])
    (stored.root / "artifacts/evaluated/digits/protonet/quantum/metrics.json").unlink()
    summary = mirror(stored.root)
    assert summary.logged == ("digits/maml",)
    assert summary.skipped == ()


def test_the_same_numbers_made_by_other_code_have_one_run(stored: Project):
    stored.learner()
    mirror(stored.root)
    for stage in stored.stages.values():
        stage["cmd"] += " --new"
        stage["deps"].append({"path": "src/fewqubit/meta", "md5": "1" * 32})
    stored.encode()
    assert mirror(stored.root).known == 1


def test_pictures_that_were_never_made_here_are_no_reason_to_stop(stored: Project):
    """A fresh clone has the dvc.lock of a run with a feature map and a report that it lacks."""
    stored.encode()
    stored.report()
    stored.baseline()
    for file in ("artifacts/encoded/digits/zz/circuit.png", "reports/report.html"):
        (stored.root / file).unlink()
    assert mirror(stored.root).logged == ("digits/svm",)


def test_one_project_after_another_each_into_its_own_database(
    stored: Project, empty_database: Path, tmp_path: Path
):
    stored.baseline()
    mirror(stored.root)
    other = Project(tmp_path / "other")
    shutil.copy(empty_database, other.root / "mlflow.db")
    other.baseline("logistic")
    assert "other" in mirror(other.root).uri


def test_result_that_is_not_what_the_lock_names_is_skipped_and_said(stored: Project):
    for name in ("svm", "logistic", "prototype"):
        stored.baseline(name)
    stored.write("artifacts/evaluated/digits/svm/baseline/metrics.json", "{}")
    (stored.root / "artifacts/evaluated/digits/logistic/baseline/confusion.csv").unlink()
    summary = mirror(stored.root)
    assert summary.logged == ("digits/prototype",)
    assert [line.partition(";")[0].rpartition("/")[2] for line in summary.skipped] == [
        "confusion.csv is missing",
        "metrics.json is not the file that dvc.lock names",
    ]


def test_address_in_the_environment_is_used(stored: Project, monkeypatch: pytest.MonkeyPatch):
    elsewhere = stored.root / "elsewhere"
    elsewhere.mkdir()
    (stored.root / "mlflow.db").rename(elsewhere / "runs.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{elsewhere}/runs.db")
    stored.baseline()
    assert mirror(stored.root).logged == ("digits/svm",)
    assert not (stored.root / "mlflow.db").exists()


def test_address_that_mlflow_does_not_know_is_one_clear_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "carrier-pigeon://roof")
    project.baseline()
    with pytest.raises(PipelineError, match=r"carrier-pigeon.*check MLFLOW_TRACKING_URI") as caught:
        mirror(project.root)
    assert "\n" not in str(caught.value)


def test_no_lock_of_ours_makes_a_reader_wait(stored: Project):
    stored.baseline()
    mirror(stored.root)
    with closing(sqlite3.connect(stored.root / "mlflow.db")) as writer:
        writer.execute("begin immediate")
        assert mirror(stored.root).known == 1


def test_paths_do_not_depend_on_the_folder_it_is_called_from(
    stored: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stored.baseline()
    mirror(stored.root)
    monkeypatch.chdir(stored.root.parent)
    assert mirror(Path(stored.root.name)).known == 1


def test_the_page_of_a_run_leads_to_its_report_and_to_the_other_runs(stored: Project):
    stored.learner()
    stored.report()
    mirror(stored.root)
    (run,) = runs(stored)
    note, place = run.data.tags["mlflow.note.content"], run.info
    page = f"#/experiments/{place.experiment_id}/runs"
    assert f"[report.html]({page}/{place.run_id}/artifacts/report.html)" in note
    assert f"[all runs]({page}?" in note
    assert "[models](#/models/fewqubit-digits)" in note


def test_only_what_answers_rows_with_classes_has_models(stored: Project):
    stored.learner("protonet")
    mirror(stored.root)
    [run] = runs(stored)
    assert "[models](" in run.data.tags["mlflow.note.content"]
    assert [name for name, score in SCORES.items() if has_models(score)] == ["accuracy"]
