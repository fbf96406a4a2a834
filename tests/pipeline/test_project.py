"""A project is under Git, within a larger repository, ignored by one, or in no repository."""

import subprocess
from pathlib import Path

import pytest

from fewqubit.pipeline.project import NO_GIT, open_project
from toy_project import make_toy


def git(*arguments: str, cwd: Path) -> None:
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def without_git(project: Path) -> bool:
    open_project(project)
    local = project / ".dvc/config.local"
    return local.exists() and NO_GIT in local.read_text()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    toy = make_toy(tmp_path / "larger/toy")
    config = toy / ".dvc/config"
    config.write_text(config.read_text().replace("    no_scm = true\n", ""))
    return toy


def test_an_archive_does_without_git_until_it_has_one(project: Path) -> None:
    assert without_git(project)
    git("init", cwd=project)
    assert not without_git(project)


def test_a_project_within_a_larger_repository_keeps_its_experiments(project: Path) -> None:
    git("init", cwd=project.parent)
    assert not without_git(project)


def test_a_project_that_the_repository_around_it_ignores_does_without(project: Path) -> None:
    git("init", cwd=project.parent)
    (project.parent / ".gitignore").write_text("/toy/\n")
    assert without_git(project)
