"""Which commit a result was made at, and whether what it depends on differs from it."""

import subprocess
from pathlib import Path

COMMIT, DIRTY = "mlflow.source.git.commit", "git.dirty"
# what results depend on; dvc.lock is written by every run
SOURCES = (
    *("src", "pipelines", "own", "data", "recipes", "searched"),
    *("params.yaml", "dvc.yaml", "requirements.lock"),
)


def commit_tags(root: Path) -> dict[str, str]:
    """The commit that is checked out, and ``git.dirty``: whether changes are not committed.

    Nothing where the project is not under git (a tarball), or no git is installed.
    """
    project = (root / "dvc.yaml").resolve().parent  # of a view, whose entries are links
    commit = _git(project, "rev-parse", "HEAD") if (project / ".git").exists() else None
    if commit is None:
        return {}
    changed = _git(project, "status", "--porcelain", "--", *SOURCES)
    dirty = {} if changed is None else {DIRTY: "true" if changed else "false"}
    return {COMMIT: commit} | dirty


def _git(project: Path, *question: str) -> str | None:
    """What git answers; None if it cannot."""
    command = ["git", "-C", str(project), *question]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
