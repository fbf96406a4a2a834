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
    assert len({line.count("|") for line in rows}) == 4  # verdicts, baselines, devices, costs
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
    assert row["verdict"] == learner["answer"]["verdict"] == "ahead"
    assert row["low"] < row["difference"] < row["high"]
    gap = learner["quantum"]["accuracy"] - learner["twin"]["accuracy"]
    assert row["difference"] == pytest.approx(gap)
    assert set(figures["results"]["digits"]) == {*settings.run.learners, *settings.run.baselines}


def test_the_interval_of_a_table_leaves_zero_out_exactly_where_p_is_small(whole):
    """Corrected alike: a word never contradicts the interval beside it."""
    figures = json.loads((whole / "metrics.json").read_text())
    tested = [
        row
        for learner in figures["results"]["digits"].values()
        for row in learner.get("against", {}).values()
        if "p_holm" in row
    ]
    assert len(tested) == 15
    for row in tested:
        assert (row["p_holm"] < 0.05) == (row["low_holm"] > 0 or row["high_holm"] < 0)
        assert row["low_all"] <= row["low_holm"] + 1e-9 <= row["low"] + 2e-9
        assert (row["p"] < 0.05) == (row["low"] > 0 or row["high"] < 0)


def test_the_headline_has_scope_and_all_learners_together(whole):
    figures = json.loads((whole / "metrics.json").read_text())
    head = figures["headlines"]["digits"]
    assert head.startswith("On these 2 classes (8 with their variants): of 4 learners, the quantum")
    assert "On average over the 4 learners the circuit makes " in head
    assert head in (whole / "verdicts.md").read_text()
    assert head in (whole / "report.html").read_text()
    assert figures["together"]["digits"]["verdict"] in head
    assert figures["failures"]["digits"]["kernel twin"]["high"] == pytest.approx(0.5218, abs=1e-4)


def test_an_undecided_that_would_count_alone_says_so_everywhere(whole):
    figures = json.loads((whole / "metrics.json").read_text())
    (line,) = [note for note in figures["notes"]["digits"] if note.startswith("scratch against by")]
    assert "undecided. Alone it would count as better (+1.7 to +8.9)" in line
    assert line in (whole / "verdicts.md").read_text()
    assert line in (whole / "report.html").read_text()
