"""From the built wheel in an empty folder to a project whose stages run, without network."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")

TOP = Path(__file__).parents[3]
BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
COMMAND = "from fewqubit.cli import app; app()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files, in a folder that comes before this environment's own."""
    place = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(place)]
    subprocess.run(command, cwd=TOP, capture_output=True, check=True)
    (wheel,) = place.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place / "site")
    return place / "site"


def python(installed: Path, cwd: Path, *arguments: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, *arguments]
    answer = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def test_a_project_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    rows = [f"{c},{i},{i * j}" for j, c in enumerate("abcdefghi") for i in range(6)]
    (tmp_path / "letters.csv").write_text("\n".join(["letter,x,y", *rows]))
    new = ["new", "study", "--table", "letters.csv", "--label", "letter"]
    said = python(installed, tmp_path, "-c", COMMAND, *new)
    assert "2-way 1-shot" in said
    study = tmp_path / "study"

    python(installed, study, "-c", COMMAND, "run", "prepare")
    assert (study / "artifacts/prepared/letters/first_task.csv").exists()
    status = ["-c", COMMAND, "status", "prepare"]
    assert "up to date" in python(installed, study, *status)

    code = installed / "fewqubit/tasks/sampler.py"
    code.write_text(f"{code.read_text()}# another version\n")
    assert "code/prepare.json" in python(installed, study, *status)

    where = "import flows.experiment as e, fewqubit; print(e.PROJECT, fewqubit.__file__)"
    project, code = python(installed, study, "-c", where).split()
    assert Path(project) == study
    assert Path(code).is_relative_to(installed)
