"""The folder that holds dvc.yaml."""

import subprocess
from pathlib import Path

from fewqubit.errors import PipelineError
from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.process import dvc

NO_GIT = "no_scm = true"


def open_project(place: Path) -> Path:
    """``place`` as an absolute path. Outside of Git, DVC is configured to work without it.

    Raises PipelineError if there is no dvc.yaml in it.
    """
    project = place.resolve()
    if not (project / "dvc.yaml").is_file():
        raise PipelineError(
            f"expected dvc.yaml in {project}, found none; run from the project's top folder"
        )
    (project / "reports").mkdir(exist_ok=True)
    _tell_dvc_of_git(project, under_git(project))
    return project


def under_git(project: Path) -> bool:
    """Whether ``project`` is a Git repository, or part of one that does not ignore it."""
    if not any((folder / ".git").exists() for folder in (project, *project.parents)):
        return False
    asked = ["git", "-C", str(project), "check-ignore", "--quiet", "dvc.yaml"]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode != 0
    except FileNotFoundError:  # no Git is installed
        return False


def _tell_dvc_of_git(project: Path, there: bool) -> None:
    """Say in DVC's local configuration whether the project is under Git.

    DVC works without Git only if that line says so, and then it has no experiments. So the line is
    written in an unpacked archive, and removed once the archive is under Git.
    """
    local = project / ".dvc/config.local"
    without_git = local.exists() and NO_GIT in local.read_text(encoding="utf-8")
    if without_git == (not there):
        return
    if there:
        change = ["--unset", "core.no_scm"]
    elif NO_GIT in _shared(project):
        return
    else:
        change = ["core.no_scm", "true"]
    command = dvc("config", "--local", *change)
    subprocess.run(command, cwd=project, env=stage_environment(project), check=True)


def _shared(project: Path) -> str:
    config = project / ".dvc/config"
    return config.read_text(encoding="utf-8") if config.exists() else ""
