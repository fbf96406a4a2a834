"""What a run is told of its result."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fewqubit.base.io.files import read_json, write_json
from locked_project import Project
from tracking.recorded import figures, record


def journal(project: Project, stage: str, start: datetime, seconds: float) -> None:
    end = start + timedelta(seconds=seconds)
    entry = {"start": start.isoformat(), "end": end.isoformat(), "seconds": seconds}
    write_json(project.root / f"artifacts/journal/{stage}.json", entry)


def written(project: Project, stage: str, moment: datetime) -> None:
    for out in project.stages[stage]["outs"]:
        os.utime(project.root / out["path"], (moment.timestamp(),) * 2)


def test_metrics_have_a_prefix_for_each_section_and_steps_for_each_curve(project: Project):
    project.learner(rate=0.1)
    found = figures(record(project, "protonet"))
    assert found["eval/accuracy", 0] == pytest.approx(0.6)
    assert found["eval/accuracy_permuted", 0] == 0.251
    assert found["cost/parameters", 0] == 26
    assert found["cost/circuits_adapt", 0] == 4
    assert (found["cost/shots_adapt", 0], found["cost/depth", 0]) == (0, 40)
    assert ("cost/two_qubit_gates", 0) not in found
    assert found["adapt/accuracy_by_shots", 5] == pytest.approx(0.65)
    assert {name.partition("/")[0] for name, _ in found} == {
        *("eval", "cost", "adapt", "train", "validation")
    }


def test_metrics_are_called_by_what_the_data_set_is_scored_by(project: Project):
    project.learner()
    plain = record(project, "protonet")
    path = project.root / "artifacts/prepared/digits/summary.json"
    write_json(path, read_json(path) | {"score": "entity F1"})
    one = record(project, "protonet")
    assert {name.replace("accuracy", "entity_f1") for name, _ in figures(plain)} == {
        name for name, _ in figures(one)
    }
    assert "entity F1 **60.0%**" in one.tags["mlflow.note.content"]
    assert "accuracy" not in one.tags["mlflow.note.content"]


def test_learning_curves_are_means_over_seeds_and_skip_what_was_not_measured(project: Project):
    project.learner(rate=0.1)
    found = figures(record(project, "protonet"))
    assert found["train/loss", 2] == pytest.approx(0.8)
    assert found["validation/accuracy", 1] == pytest.approx(0.5)
    assert ("train/accuracy", 0) not in found
    assert found["validation/accuracy_best", 0] == pytest.approx(0.55)


def test_each_figure_is_told_once(project: Project):
    project.learner()
    project.baseline()
    for name in ("protonet", "svm"):
        one = record(project, name)
        assert len(figures(one)) == len(one.figures)


def test_settings_become_short_params(project: Project):
    project.learner(rate=0.1)
    project.baseline("svm")
    params = record(project, "protonet").params
    assert sorted(params)[0] == "arm"
    assert params["encoder.widths"] == "8 4"
    assert params["inner_lr"] == "0.1"
    assert params["episodes.n_way"] == "4"
    baseline = record(project, "svm").params
    assert baseline["svm_cost"] == "1.0 10.0"
    assert baseline["tuned_cost"] == "10.0"
    assert "other_cost" not in baseline


def test_times_are_those_of_the_stages(project: Project):
    project.learner()
    start = datetime.now(UTC) - timedelta(minutes=3)
    journal(project, "meta_train@digits-protonet-quantum", start, 100)
    journal(project, "evaluate@digits-protonet-quantum", start + timedelta(seconds=110), 70)
    written(project, "meta_train@digits-protonet-quantum", start + timedelta(seconds=99))
    one = record(project, "protonet")
    assert one.start == start
    assert one.end - one.start == timedelta(seconds=180)
    assert figures(one)["cost/seconds", 0] == 170


def test_journal_of_another_run_is_not_believed(project: Project):
    """A restored result is newer than the journal, which speaks of the run in between."""
    project.learner()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for stage in ("meta_train", "evaluate"):
        journal(project, f"{stage}@digits-protonet-quantum", yesterday, 100)
    one = record(project, "protonet")
    assert one.start > yesterday + timedelta(hours=23)
    assert ("cost/seconds", 0) not in figures(one)


def test_files_are_results_plots_and_the_report_on_these_results(project: Project):
    project.learner()
    project.encode()
    project.report()
    files = {f"{folder}/{path.name}" for path, folder in record(project, "protonet").files}
    assert {"/report.html", "plots/zz/gram.png", "evaluated/episodes.parquet"} <= files
    assert "trained/curve.csv" in files
    assert not [file for file in files if file.endswith(".safetensors")]
    project.baseline()
    assert "/report.html" not in {
        f"{folder}/{path.name}" for path, folder in record(project, "protonet").files
    }


def test_the_note_has_the_verdict_of_the_report_on_these_results(project: Project):
    project.learner()
    sentence = "Quantum protonet and its twin cannot be told apart. Alone it would count, but …"
    figures = {"told": {"digits": {"protonet": sentence}}, "headlines": {"digits": "On these 3 …"}}
    write_json(project.root / "reports/metrics.json", figures)
    assert sentence not in record(project, "protonet").tags["mlflow.note.content"]
    project.report()
    note = record(project, "protonet").tags["mlflow.note.content"]
    assert note.endswith(f"\n\n{sentence}\n\nOn these 3 …")
    project.baseline()  # the report is on other results now
    assert sentence not in record(project, "protonet").tags["mlflow.note.content"]


def test_data_set_and_episodes_are_named_by_their_checksums(project: Project):
    project.learner()
    one = record(project, "protonet")
    learned, tested = one.episodes
    assert learned.digest == project.stages["prepare@digits"]["outs"][0]["md5"]
    assert tested.digest == "b" * 32
    assert one.tags["manifest.test"] == "b" * 64
    assert json.loads(tested.profile)["n_classes"] == {"meta_test": 4}


def test_commit_is_told_where_there_is_one(project: Project):
    project.learner()
    assert "mlflow.source.git.commit" not in record(project, "protonet").tags
    git = ["git", "-C", str(project.root), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    assert len(record(project, "protonet").tags["mlflow.source.git.commit"]) == 40


def git_of(root: Path, *words: str) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, *words], check=True)


def test_a_result_of_changes_that_are_not_committed_is_marked(project: Project):
    project.learner()
    project.write("dvc.yaml", "stages: {}\n")
    project.write("own/maps.py", "")
    git_of(project.root, "init", "-q")
    git_of(project.root, "add", "dvc.yaml", "own", "params.yaml")
    git_of(project.root, "commit", "-q", "-m", "first")
    assert record(project, "protonet").tags["git.dirty"] == "false"  # dvc.lock is every run's
    project.write("own/new.py", "")
    assert record(project, "protonet").tags["git.dirty"] == "true"
    git_of(project.root, "add", "own")
    git_of(project.root, "commit", "-q", "-m", "second")
    assert record(project, "protonet").tags["git.dirty"] == "false"
    project.write("dvc.yaml", "stages:\n")
    assert record(project, "protonet").tags["git.dirty"] == "true"


def test_without_git_there_is_no_commit_and_no_mark(project: Project, monkeypatch):
    project.learner()
    (project.root / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert not {"git.dirty", "mlflow.source.git.commit"} & {*record(project, "protonet").tags}
