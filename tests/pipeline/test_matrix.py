"""What an edit makes stale in the real dvc.yaml; results are made up, DVC is not."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.pipeline import stage_code
from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.overrides import edit_settings
from fewqubit.pipeline.watched import WATCH, write_watched

TOP = Path(__file__).parents[2]
PARTS = (
    "dvc.yaml",
    "params.yaml",
    ".dvcignore",
    "pipelines",
    "src",
    "own",
    "data/tables",
    "data/images",
    "searched",
)


def dvc(*arguments: str, cwd: Path) -> None:
    command = [sys.executable, "-m", "dvc", *arguments, "--quiet"]
    subprocess.run(command, cwd=cwd, env=stage_environment(), check=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project as a finished run leaves it, with an empty file for every result.

    Its stages are taken to run the code that lies in it.
    """
    place = tmp_path_factory.mktemp("matrix")
    for part in PARTS:
        copy = shutil.copytree if (TOP / part).is_dir() else shutil.copy
        (place / part).parent.mkdir(parents=True, exist_ok=True)
        copy(TOP / part, place / part)
    dvc("init", "--no-scm", cwd=place)
    for folder in ("prepared", "encoded", "trained", "evaluated"):
        (place / "artifacts" / folder).mkdir(parents=True)
    (place / "own/maps.py").write_text("from own import rungs\n\ndef ladder(): ...\n")
    (place / "own/rungs.py").write_text("")
    arms = "run.arms=[quantum, twin]"  # more would only take longer
    edit_settings(place, [arms, "learners.maml.circuit.feature_map=own.maps:ladder"])
    patch = pytest.MonkeyPatch()
    patch.setattr(stage_code, "PACKAGE", place / "src/fewqubit")
    write_watched(place)
    for path in outs(place):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            path.write_text(str(path.relative_to(place)))
    dvc("commit", "--force", cwd=place)
    assert read_pipeline(place).stale == set()
    yield place
    patch.undo()


def outs(place: Path) -> list[Path]:
    """Every result that dvc.yaml names, for every place of its matrices."""
    settings = YAML(typ="safe").load(place / "params.yaml")
    stages = YAML(typ="safe").load(place / "dvc.yaml")["stages"]
    axes = {axis.rstrip("s"): settings["run"][axis] for axis in settings["run"]}
    found = []
    for stage in stages.values():
        for kind in ("outs", "metrics", "plots"):
            for out in stage.get(kind, ()):
                template = out if isinstance(out, str) else next(iter(out))
                found += [place / name for name in filled(template, axes)]
    return found


def filled(template: str, axes: dict[str, list[str]]) -> list[str]:
    names = [template]
    for axis, values in axes.items():
        mark = "${item." + axis + "}"
        names = [n.replace(mark, v) for n in names for v in (values if mark in n else [""])]
    return names


def after_edit(project: Path, edited: str) -> Pipeline:
    """The pipeline with one more line in a file, which is taken back."""
    path = project / edited
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((before or b"") + b"\n# edited\n")
    try:
        return read_pipeline(project)
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


def of(learner: str) -> set[str]:
    stages = ("meta_train", "evaluate")
    return {f"{stage}@glyphs-{learner}-{arm}" for stage in stages for arm in ("quantum", "twin")}


def test_editing_one_learner_reruns_that_learner_only(project: Path) -> None:
    before = (project / "params.yaml").read_bytes()
    edit_settings(project, ["learners.maml.inner_lr=0.25"])
    pipeline = read_pipeline(project)
    (project / "params.yaml").write_bytes(before)
    assert pipeline.stale == of("maml") | {WATCH, "report", "track"}


@pytest.mark.parametrize("edit", ["margin=0.05", "questions={a: [kernel, kernel/twin]}"])
def test_another_reading_of_the_results_is_a_report_alone(project: Path, edit: str) -> None:
    before = (project / "params.yaml").read_bytes()
    edit_settings(project, [f"evaluation.{edit}"])
    pipeline = read_pipeline(project)
    (project / "params.yaml").write_bytes(before)
    assert pipeline.stale == {"report", "track"}


def test_editing_the_report_retrains_nothing(project: Path) -> None:
    stale = after_edit(project, "src/fewqubit/report/words.py").stale
    assert stale == {WATCH, "report", "track"}


def test_a_new_module_of_ones_own_makes_nothing_stale(project: Path) -> None:
    assert after_edit(project, "own/other.py").stale == {WATCH}


def test_a_module_is_watched_by_the_stages_whose_settings_name_it(project: Path) -> None:
    assert after_edit(project, "own/rungs.py").stale == of("maml") | {WATCH, "report", "track"}


def test_what_a_search_has_chosen_reruns_that_arm_only(project: Path) -> None:
    stale = after_edit(project, "searched/glyphs/kernel/twin.json").stale
    own = {f"{stage}@glyphs-kernel-twin" for stage in ("meta_train", "evaluate")}
    assert stale == own | {WATCH, "report", "track"}


def test_an_edited_picture_retrains_nothing(project: Path) -> None:
    stale = after_edit(project, "src/fewqubit/diagnostics/pictures/heat_map.py").stale
    assert {name.partition("@")[0] for name in stale} == {WATCH, "encode", "report", "track"}
