import json

import pytest

from fewqubit.config import validate
from fewqubit.report.build import build_report
from report.synthetic import ARMS


@pytest.fixture(scope="module")
def reports(project, settings):
    build_report(project / "artifacts", project / "reports", settings)
    return project / "reports"


def test_markdown_has_a_row_for_each_learner_and_baseline(reports, settings):
    lines = (reports / "verdicts.md").read_text().splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    first = {line.split("|")[1].strip(): line for line in reversed(rows)}
    assert {*settings.run.learners, *settings.run.baselines} <= set(first)
    assert "▼ worse" in first["protonet"]
    assert len({line.count("|") for line in rows}) == 3  # verdicts, baselines, costs
    assert not any("its other arms" in line for line in lines)


def test_markdown_has_no_table_where_no_baseline_was_run(project, settings, tmp_path):
    values = settings.model_dump()
    values["run"]["baselines"] = []
    build_report(project / "artifacts", tmp_path, validate(values, "test"))
    assert "| baseline |" not in (tmp_path / "verdicts.md").read_text()


@pytest.fixture(scope="module")
def whole(whole_project, every_arm):
    build_report(whole_project / "artifacts", whole_project / "reports", every_arm)
    return whole_project / "reports"


def test_markdown_has_every_arm_and_what_it_cost(whole):
    lines = (whole / "verdicts.md").read_text().splitlines()
    same = [line for line in lines if "≡ same model" in line]
    assert same == ["| protonet | frozen | 89.5 % | 0.0 | – | – | ≡ same model |"]
    costs = [line for line in lines if line.startswith("| kernel | ") and line.count("|") == 15]
    assert [line.split(" | ")[1] for line in costs] == ["quantum", "twin", *ARMS]
    assert costs[0].endswith(
        "| 5\u202f720 | 24 | 23 | 1 | 5\u202f745 | 70\u202f400 | 10 | 4 | 10\u202f240 | 412 | 144 |"
    )
    assert costs[1].endswith("| 25 | 24 | 1 | 5\u202f746 | – | – | – | – | – | – |")
    assert costs[2].endswith("| 412 | 0 |")
    misfit = "maml does not fit noisy:fake_torino: the circuit has 140 qubits, fake_torino 133."
    assert lines.count(misfit) == 1


def test_metrics_say_what_quantum_is_against_every_arm(whole):
    learners = json.loads((whole / "metrics.json").read_text())["results"]["digits"]
    assert list(learners["kernel"]["against"]) == ["twin", *ARMS]
    assert learners["kernel"]["against"]["twin"] == learners["kernel"]["against_twin"]
    row = learners["kernel"]["against"]["bypass"]
    assert row["verdict"] == "better"
    assert row["p"] <= row["p_holm"] < 0.05
    assert learners["protonet"]["against"]["frozen"] == {
        "difference": 0.0,
        "verdict": "same model",
    }
    assert "against" not in learners["svm"]


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
