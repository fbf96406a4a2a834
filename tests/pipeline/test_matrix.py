"""What an edit makes stale in the real dvc.yaml; results are made up, DVC is not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.overrides import edit_settings
from test_imports import FILES, imports, room_of

TOP = Path(__file__).parents[2]
SURROUNDINGS = {
    "errors",
    "journal",
    "pipelines",
    "progress",
    "registry",
    "stage",
    "usercode",
}  # no result depends on them
PARTS = ("dvc.yaml", "params.yaml", ".dvcignore", "pipelines", "src", "own", "data/tables")


def dvc(*arguments: str, cwd: Path) -> None:
    command = [sys.executable, "-m", "dvc", *arguments, "--quiet"]
    subprocess.run(command, cwd=cwd, env=stage_environment(), check=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a finished run leaves it, with an empty file for every result."""
    place = tmp_path_factory.mktemp("matrix")
    for part in PARTS:
        copy = shutil.copytree if (TOP / part).is_dir() else shutil.copy
        (place / part).parent.mkdir(parents=True, exist_ok=True)
        copy(TOP / part, place / part)
    dvc("init", "--no-scm", cwd=place)
    for folder in ("prepared", "encoded", "trained", "evaluated"):
        (place / "artifacts" / folder).mkdir(parents=True)
    for path in outs(place):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path.relative_to(place)))
    dvc("commit", "--force", cwd=place)
    assert read_pipeline(place).stale == set()
    return place


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
    path.write_bytes((before or b"") + b"\n# edited\n")
    try:
        return read_pipeline(project)
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


def of(learner: str) -> set[str]:
    stages = ("meta_train", "evaluate")
    return {f"{stage}@digits-{learner}-{arm}" for stage in stages for arm in ("quantum", "twin")}


def test_editing_one_learner_reruns_that_learner_only(project: Path) -> None:
    before = (project / "params.yaml").read_bytes()
    edit_settings(project, ["learners.maml.inner_lr=0.25"])
    pipeline = read_pipeline(project)
    (project / "params.yaml").write_bytes(before)
    assert pipeline.stale == of("maml") | {"report", "track"}


def test_editing_the_report_retrains_nothing(project: Path) -> None:
    assert after_edit(project, "src/fewqubit/report/words.py").stale == {"report", "track"}


def test_a_module_of_ones_own_is_watched(project: Path) -> None:
    changed = after_edit(project, "own/maps.py").changed
    assert {"prepare@digits", "encode@digits-zz", "meta_train@digits-maml-twin"} <= changed.keys()
    assert "report" not in changed


@pytest.mark.parametrize(
    "stage", ["prepare", "encode", "meta_train", "baseline", "evaluate", "report"]
)
def test_a_stage_watches_all_that_it_imports(stage: str) -> None:
    deps = YAML(typ="safe").load(TOP / "dvc.yaml")["stages"][stage]["deps"]
    watched = {Path(dep).stem for dep in deps if dep.startswith("src/fewqubit/")}
    files, new = set(), {Path("pipelines", f"{stage}.py")}
    while new:
        files |= new
        new = {source for file in new for name in imports(file) for source in sources(name)} - files
    needed = {room_of(file) for file in files} - SURROUNDINGS
    assert needed <= watched


def sources(name: str) -> list[Path]:
    """The files behind an imported name: the module's own, and those of the packages around it."""
    parts = name.split(".")
    if parts[0] != "fewqubit":
        return []
    around = [Path("src", *parts[:depth], "__init__.py") for depth in range(2, len(parts) + 1)]
    return [path for path in (*around, Path("src", *parts).with_suffix(".py")) if path in FILES]
