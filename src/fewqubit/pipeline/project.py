"""The folder that holds dvc.yaml."""

import subprocess
from pathlib import Path

from fewqubit.errors import PipelineError
from fewqubit.pipeline.environment import stage_environment
from fewqubit.pipeline.process import dvc


def open_project(place: Path) -> Path:
    """``place`` made absolute, and told to DVC as a project without Git where it has none.

    Raises PipelineError if there is no dvc.yaml in it.
    """
    project = place.resolve()
    if not (project / "dvc.yaml").is_file():
        raise PipelineError(
            f"expected dvc.yaml in {project}, found none; run from the project's top folder"
        )
    # The report watches these folders whole; a run without feature maps makes none of the first.
    for folder in ("artifacts/encoded", "artifacts/trained", "artifacts/evaluated", "reports"):
        (project / folder).mkdir(parents=True, exist_ok=True)
    if not (project / ".git").exists():
        _do_without_git(project)
    return project


def _do_without_git(project: Path) -> None:
    """An unpacked archive: DVC refuses to work in it unless its local configuration says so."""
    local = project / ".dvc/config.local"
    if local.exists() and "no_scm = true" in local.read_text(encoding="utf-8"):
        return
    subprocess.run(
        dvc("config", "--local", "core.no_scm", "true"),
        cwd=project,
        env=stage_environment(),
        check=True,
    )
