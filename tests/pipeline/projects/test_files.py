"""The files of a project: those of this repository, none of its own that could drift."""

import shutil
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.pipeline.projects.files import CHANGES, FILES, differing
from fewqubit.pipeline.projects.make import make_project
from fewqubit.pipeline.watched import WATCH

TOP = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("projects") / 'a "new" one'
    make_project(place)
    return place


def test_the_wheel_carries_the_files_of_a_project() -> None:
    build = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    carried = build["targets"]["wheel"]["force-include"]
    assert carried == {file: f"fewqubit/pipeline/projects/made/{file}" for file in FILES}


def test_files_are_those_of_the_repository(project: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", *FILES], cwd=TOP, capture_output=True, check=True
    )
    for name in filter(None, tracked.stdout.decode().split("\0")):
        made = project / name.replace("project.mk", "Makefile")
        if name not in CHANGES:
            assert made.read_bytes() == (TOP / name).read_bytes(), name
    assert YAML(typ="safe").load(project / "prefect.yaml")["name"] == 'a "new" one'


def test_stages_are_the_same_and_depend_on_files_that_are_there(project: Path) -> None:
    stages = YAML(typ="safe").load(project / "dvc.yaml")["stages"]
    before = YAML(typ="safe").load(TOP / "dvc.yaml")["stages"]
    assert stages[WATCH].pop("always_changed") is True
    before[WATCH]["deps"].remove("src/fewqubit")
    assert stages == before
    for stage in stages.values():
        for dep in stage["deps"]:
            assert dep.startswith(("artifacts/", "reports/")) or (project / dep).exists()


def test_scripts_of_another_version_are_found(project: Path, tmp_path: Path) -> None:
    assert differing(project) == []
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    (copy / "pipelines/prepare.py").write_text("edited")
    (copy / "flows/serve.py").unlink()
    assert differing(copy) == ["pipelines/prepare.py", "flows/serve.py"]


def test_requirements_are_those_that_are_installed(project: Path) -> None:
    first, *rest = (project / "requirements.txt").read_text().splitlines()
    assert first == f"fewqubit[all]=={version('fewqubit')}"
    assert f"qiskit=={version('qiskit')}" in rest
    assert f"mlflow=={version('mlflow')}" in rest
    assert not any(line.startswith("pytest==") for line in rest)


def test_a_project_is_committed_once(project: Path) -> None:
    ask = ["git", "-C", str(project)]
    log = subprocess.run([*ask, "log", "--format=%s"], capture_output=True, text=True, check=True)
    left = subprocess.run([*ask, "status", "--short"], capture_output=True, text=True, check=True)
    assert (log.stdout, left.stdout) == ("A new project\n", "")


def test_a_folder_in_use_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thesis.tex").write_text("x")
    with pytest.raises(ArtifactError, match=r"holds 'thesis.tex'"):
        make_project(tmp_path / "taken")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="name of a new folder"):
        make_project(Path())
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "thesis.tex"]
