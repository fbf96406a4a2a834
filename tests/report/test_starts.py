"""Contests of starts as sections of the report."""

from pathlib import Path

import pytest

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.config import Settings, validate
from fewqubit.errors import ArtifactError
from fewqubit.report.build import build_report
from fewqubit.report.starts.section import sections

FIGURES = {
    "headline": "rings: of the learned starts maml is best",
    "goemans_williamson": None,
    "starts": {"maml": {"kind": "learned", "error 0": 0.0123456, "steps": 1.0}},
    "verdicts": [{"start": "maml", "opponent": "ramp", "low": None, "circuits": "undecided"}],
}
PART = {"sizes": [4], "count": 2}
RINGS = {
    "family": {"kind": "ising"},
    "ansatz": {"kind": "ising_layers", "depth": 2},
    "contest": {"train": PART, "validation": PART, "test": PART},
}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    write_json(tmp_path / "starts/rings.json", FIGURES)
    write_text(tmp_path / "starts/rings.svg", "<svg><title>error against circuits</title></svg>")
    return tmp_path


def test_a_run_of_starts_alone_has_a_page_of_its_sections(
    reports: Path, settings: Settings
) -> None:
    values = settings.model_dump()
    values["run"] |= {"datasets": [], "problems": ["rings"], "starts": ["ramp"]}
    values["problems"], values["starts"] = {"rings": RINGS}, {"ramp": {"kind": "ramp"}}
    build_report(reports / "artifacts", reports, validate(values, "test"))
    page = (reports / "report.html").read_text()
    assert "Where do circuits start?" in page
    assert "<title>error against circuits</title>" in page
    assert "<td>0.0123</td>" in page
    assert "<td>–</td>" in page
    assert read_json(reports / "metrics.json")["starts"] == {"rings": FIGURES["headline"]}


def test_a_picture_that_is_missing_is_named(reports: Path) -> None:
    (reports / "starts/rings.svg").unlink()
    with pytest.raises(ArtifactError, match=r"rings\.svg: expected a picture"):
        sections(reports, ["rings"])
