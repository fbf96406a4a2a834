import json

import pytest

from fewqubit.report.build import build_report


@pytest.fixture(scope="module")
def reports(project, settings):
    build_report(project / "artifacts", project / "reports", settings)
    return project / "reports"


def test_markdown_has_a_row_for_each_learner_and_baseline(reports, settings):
    lines = (reports / "verdicts.md").read_text().splitlines()
    rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    assert {*settings.run.learners, *settings.run.baselines} <= set(rows)
    assert "▼ worse" in rows["protonet"]
    assert len({line.count("|") for line in rows.values()}) == 2  # two tables, each of one width


def test_metrics_nest_by_data_set_learner_and_arm(reports, settings, project):
    figures = json.loads((reports / "metrics.json").read_text())
    learner = figures["results"]["digits"]["kernel"]
    stored = project / "artifacts/evaluated/digits/kernel/quantum/metrics.json"
    assert learner["quantum"] == json.loads(stored.read_text())
    row = learner["against_twin"]
    assert row["verdict"] == "better"
    assert row["low"] < row["difference"] < row["high"]
    gap = learner["quantum"]["accuracy"] - learner["twin"]["accuracy"]
    assert row["difference"] == pytest.approx(gap)
    assert set(figures["results"]["digits"]) == {*settings.run.learners, *settings.run.baselines}
