import io

import pytest
from rich.console import Console

from fewqubit.errors import ArtifactError
from fewqubit.report.build import build_report
from fewqubit.report.console import print_verdicts


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
        assert any(word in line for word in ("better", "worse", "equivalent", "undecided"))
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
