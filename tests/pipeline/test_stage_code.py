"""Which code a stage computes with, read from imports."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.pipeline import stage_code as of_stages
from fewqubit.pipeline.stage_code import PACKAGE, SURROUNDINGS, Imports, stage_code
from fewqubit.pipeline.watched import WATCH

TOP = Path(__file__).parents[2]
NUMBERS_NEED_NOT = tuple(
    f"{room}/"
    for room in ["diagnostics", "report", "tracking", "pipeline", "cli", "search", "qiskit_ml"]
)
SHOWN = (WATCH, "encode", "report", "report_starts", "track")
FILES = {
    "__init__": "",
    "values": "from toy.late import unrelated\n",
    "late": "def build():\n    from toy.deep.made import make\n    return make()\n",
    "shown": "from toy.values import picture\n",
    "handed": "from toy.late import build\n",
    "deep/__init__": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from toy.deep.made import make\n"
    ),
    "deep/made": "try:\n    import json\nexcept ImportError:\n    from toy.shown import later\n",
    "own/__init__": "def here(): ...\n",
}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / f"toy/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "toy"


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("from toy.handed import build", {"late", "deep/made", "shown", "values"}),
        ("from toy.deep import make", {"deep/made", "shown", "values", "late"}),
        ("from toy.own import here", {"own/__init__"}),
        ("from toy import own", {"own/__init__"}),
        ("import toy.own", {"own/__init__"}),
        ("import json\nfrom other.late import build", set()),
        ("if TYPE_CHECKING:\n    from toy.own import here", set()),
        ("match 1:\n    case 1:\n        from toy.own import here", {"own/__init__"}),
    ],
)
def test_imports_are_followed_to_where_a_name_is_defined(
    toy: Path, line: str, files: set[str]
) -> None:
    script = toy.parent / "script.py"
    script.write_text(line)
    found = Imports(toy)
    assert {found.named(file) for file in found.closure(script)} == files


def test_an_edit_of_imports_counts_at_once(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_stages, "PACKAGE", toy)
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines/learn.py").write_text("from toy.own import here\n")
    before = stage_code(tmp_path)
    assert before["learn"].keys() == {"pipelines/learn", "own/__init__"}
    (toy / "own/__init__.py").write_text("from toy.shown import later\n")
    after = stage_code(tmp_path)
    assert {"shown", "own/__init__", "pipelines/learn"} < after["learn"].keys()
    assert after["learn"]["own/__init__"] != before["learn"]["own/__init__"]


@pytest.fixture(scope="module")
def code() -> dict[str, set[str]]:
    return {stage: {*files} for stage, files in stage_code(TOP).items()}


def test_every_stage_depends_on_its_own_code_and_names_no_other(code: dict[str, set[str]]) -> None:
    stages = YAML(typ="safe").load(TOP / "dvc.yaml")["stages"]
    assert stages.keys() == code.keys()
    for name, stage in stages.items():
        asked = [dep for dep in stage["deps"] if dep.startswith(("src/", "artifacts/watched/code"))]
        assert asked == ["src/fewqubit" if name == WATCH else f"artifacts/watched/code/{name}.json"]


def test_learning_depends_on_what_settings_can_name(code: dict[str, set[str]]) -> None:
    """Values import what they build when they build it."""
    learners = {f"meta/{path.stem}" for path in (PACKAGE / "meta").glob("*.py")}
    untrained = {"meta/__init__", "meta/cost", "meta/divergence", "meta/train"}
    for stage in ("meta_train", "evaluate"):
        assert learners - untrained <= code[stage]
        assert {"models/twin", "models/noisy", "compiler/parse/gates"} <= code[stage]
    assert {"meta/train", "meta/divergence", "config/kinds"} <= code["meta_train"]
    assert {"backends/ibm", "evaluate/intervals", "evaluate/regression/score"} <= code["evaluate"]
    assert {f"meta/streams/{way}" for way in ("ewc", "replay")} <= code["walk"]
    families = {
        f"starts/families/{path.stem}" for path in (PACKAGE / "starts/families").glob("*.py")
    }
    assert families - code["problems"] <= {"starts/families/__init__", "starts/families/registry"}
    assert "starts/families/h2_sto3g.json" in code["problems"]
    assert "report/templates/style.css" in code["report"]
    assert "models/encoder" in code["baseline"]


def test_numbers_depend_on_no_picture_and_no_sentence(code: dict[str, set[str]]) -> None:
    for stage in code.keys() - {*SHOWN}:
        assert not [file for file in code[stage] if file.startswith(NUMBERS_NEED_NOT)], stage


def test_what_counts_for_nothing_is_there() -> None:
    assert [name for name in SURROUNDINGS if not (PACKAGE / f"{name}.py").exists()] == []
