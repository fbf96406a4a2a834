"""A table of one's own travels as docs/data.md says: added, pushed, cloned, pulled, queued.

From a folder with a blank and a `#` in its name, into a cache by hard links, beside a worktree.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fewqubit.pipeline.environment import stage_environment

TOP = Path(__file__).parents[2]
DVC_YAML = """\
stages:
  rows:
    cmd: mkdir -p reports && wc -l data/tables/flowers.csv > reports/rows.txt
    deps: [data/tables]
    params: [seed]
    outs: [reports/rows.txt]
"""


def run(*command: str, cwd: Path) -> str:
    answer = subprocess.run(
        command, cwd=cwd, env=stage_environment(cwd), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"{command}: {answer.stdout}{answer.stderr}"
    return answer.stdout


def dvc(*arguments: str, cwd: Path) -> str:
    return run(sys.executable, "-m", "dvc", *arguments, cwd=cwd)


def git(*arguments: str, cwd: Path) -> str:
    me = ["-c", "user.name=me", "-c", "user.email=me@here"]
    return run("git", *me, *arguments, cwd=cwd)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What this project says to Git and DVC, with one stage that reads the tables."""
    place = tmp_path / "mine, #1 of two"
    for name in (".gitignore", ".dvcignore", ".dvc/config", "params.yaml", "data/tables/README.md"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, place / name)
    (place / "dvc.yaml").write_text(DVC_YAML)
    (place / "data/tables/flowers.csv").write_text("species,x\na,1\n")
    git("init", "--quiet", cwd=place)
    return place


def test_a_table_travels_and_an_experiment_changes_one_line(project: Path) -> None:
    assert "data/tables/flowers.csv" in git("status", "--short", "-uall", cwd=project)
    dvc("add", "data/tables/flowers.csv", cwd=project)
    dvc("remote", "add", "--default", "store", "../store", cwd=project)
    dvc("repro", cwd=project)
    git("add", ".", cwd=project)
    tracked = git("ls-files", "data", cwd=project).split()
    assert "data/tables/flowers.csv.dvc" in tracked
    assert "data/tables/flowers.csv" not in tracked
    git("commit", "--quiet", "-m", "a table", cwd=project)
    dvc("push", cwd=project)

    clone = project.parent / "clone"
    git("clone", "--quiet", str(project), str(clone), cwd=project.parent)
    dvc("config", "--local", "cache.type", "hardlink,copy", cwd=clone)
    dvc("pull", cwd=clone)
    assert (clone / "data/tables/flowers.csv").read_text() == "species,x\na,1\n"
    assert (clone / "reports/rows.txt").exists()

    assert "Queued" in dvc("exp", "run", "--queue", "-S", "seed=7", cwd=clone)
    dvc("exp", "run", "-S", "seed=7", cwd=clone)
    assert git("diff", "--numstat", "params.yaml", cwd=clone).split()[:2] == ["1", "1"]

    worktree = project.parent / "a worktree"
    git("worktree", "add", "--quiet", "-b", "beside", str(worktree), cwd=clone)
    dvc("pull", cwd=worktree)  # what the experiment wrote has damaged nothing that is linked
    assert dvc("status", cwd=worktree).startswith("Data and pipelines are up to date")
    assert (worktree / "data/tables/flowers.csv").read_text() == "species,x\na,1\n"
