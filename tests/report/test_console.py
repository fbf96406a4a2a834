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


def test_no_report_yet(tmp_path):
    with pytest.raises(ArtifactError, match="dvc repro"):
        printed(tmp_path)
