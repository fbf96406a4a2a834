import io
import shutil

import pytest
from rich.console import Console

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import write_json
from fewqubit.config import validate
from fewqubit.errors import ArtifactError
from fewqubit.report.build import build_report
from fewqubit.report.terminal.console import print_verdicts


def printed(reports):
    text = io.StringIO()
    print_verdicts(reports, Console(file=text, width=100))
    return text.getvalue()


def test_every_learner_has_a_line_with_its_verdict(project, settings):
    build_report(project / "artifacts", project / "reports", settings)
    lines = printed(project / "reports").splitlines()
    for learner in settings.run.learners:
        (line,) = [line for line in lines if line.startswith(f"│ {learner} ")]
        assert line.count("%") == 2
        assert any(word in line for word in ("ahead", "worse", "equivalent", "undecided"))
    assert "Baselines: prototype" in " ".join(lines)


def test_other_arms_have_a_table_of_their_own(whole_project, every_arm):
    build_report(whole_project / "artifacts", whole_project / "reports", every_arm)
    text = printed(whole_project / "reports")
    first, second = text.split("quantum against its other arms")
    assert "separable" not in first
    lines = [line for line in second.splitlines() if line.startswith("│")]
    assert len(lines) == len(every_arm.run.learners) * 3
    (same,) = [line for line in lines if "same model" in line]
    assert same.split() == ["│", "│", "frozen", "│", *same.split()[4:]]
    assert sum("better" in line for line in lines) > 3
    assert "frozen: the circuit untrained" in " ".join(second.split())


def test_no_report_yet(tmp_path):
    with pytest.raises(ArtifactError, match="dvc repro"):
        printed(tmp_path)


def lines_at(reports, width):
    text = io.StringIO()
    print_verdicts(reports, Console(file=text, width=width))
    return text.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_narrow_terminal_breaks_no_word(whole_project, every_arm, tmp_path, width):
    values = every_arm.model_dump()
    asked = {"shots": ["kernel@shots", "kernel"], "entanglers": ["protonet", "protonet/separable"]}
    values["evaluation"]["questions"] = asked
    build_report(whole_project / "artifacts", tmp_path, validate(values, "test"))
    lines = lines_at(tmp_path, width)
    assert max(map(len, lines)) <= width
    whole, broken = (
        {word.strip(",.") for word in " ".join(some).split()}
        for some in (lines_at(tmp_path, 400), lines)
    )
    assert {word for word in broken - whole if word[:1] not in RULES} == set()
    assert "shots" in " ".join(lines)


RULES = "".join(chr(code) for code in range(0x2500, 0x2580)) + "-"


def test_without_twins_no_column_is_empty(project, settings, tmp_path):
    values = settings.model_dump()
    values["run"]["arms"] = ["quantum"]
    values["evaluation"]["questions"] = {"mine": ["kernel", "maml"]}
    build_report(project / "artifacts", tmp_path, validate(values, "test"))
    lines = lines_at(tmp_path, 80)
    rows = [line.strip("│").split("│") for line in lines if line.startswith("│")]
    assert rows
    assert all(cell.strip() for row in rows for cell in row)
    assert "twin" not in " ".join(lines).replace("its classical twin", "")
    assert "undecided" in (tmp_path / "verdicts.md").read_text() or "better" in " ".join(lines)


def test_what_is_no_verdict_and_why_stands_there(project, settings, tmp_path):
    shutil.copytree(project / "artifacts", tmp_path / "artifacts")
    for arm in ("quantum", "twin"):
        place = tmp_path / "artifacts/trained/digits/kernel" / arm / "learner.json"
        card = read_card(place) | {"validation_accuracy": [0.25, 0.26, 0.27, 0.9, 0.9]}
        write_card(place, card, ["curve.csv"])
    build_report(tmp_path / "artifacts", tmp_path, settings)
    text = " ".join(" ".join(lines_at(tmp_path, 80)).split())
    page = " ".join((tmp_path / "report.html").read_text().split())
    for told in (text, " ".join((tmp_path / "verdicts.md").read_text().split()), page):
        assert "no verdict" in told
        assert "2 training seeds, where a verdict takes 3" in told
        assert "kernel quantum: 3 of 5 seeds (exact 95 % interval 14.7 – 94.7 %) failed" in told


def test_a_report_of_an_older_version_is_said_to_be_one(tmp_path):
    write_json(tmp_path / "metrics.json", {"confidence": 0.95, "results": {}})
    with pytest.raises(ArtifactError, match="older version"):
        print_verdicts(tmp_path, Console(file=io.StringIO()))
