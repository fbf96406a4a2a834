"""Checks of the project: settings, version, Git, DVC's stages, MLflow's runs."""

import fcntl
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import fewqubit
from fewqubit.base.extras import there
from fewqubit.cli.doctor.finding import Finding
from fewqubit.config import PARAMS_FILE, load_settings
from fewqubit.errors import FewqubitError
from fewqubit.pipeline.projects.files import differing

REQUIREMENTS = "requirements.txt"


def look_at_project(project: Path) -> Iterator[Finding]:
    """Findings on the project in a folder; it changes nothing that ``status`` does not change."""
    if not (project / "dvc.yaml").is_file():
        yield Finding("project", f"none in {project}", "cd into one, or `fewqubit new NAME`")
        return
    try:
        settings = load_settings(project / PARAMS_FILE)
    except FewqubitError as error:
        yield Finding("settings", str(error), f"correct {PARAMS_FILE}", fault=True)
        return
    yield Finding("settings", f"run of {', '.join(settings.run.datasets)}")
    yield from _made_with(project)
    if there("dvc"):
        yield _git(project)
        yield _stages(project)
    if there("mlflow"):
        yield _runs(project)


def _made_with(project: Path) -> Iterator[Finding]:
    """Findings if requirements.txt or scripts come from another version than the installed one."""
    pins = project / REQUIREMENTS
    first = pins.read_text(encoding="utf-8").partition("\n")[0] if pins.is_file() else ""
    name, _, pinned = first.partition("==")
    if name.startswith("fewqubit") and pinned.strip() != fewqubit.__version__:
        yield Finding(
            REQUIREMENTS,
            f"names {first.strip()}, installed is {fewqubit.__version__}: every stage is stale",
            f"pip install -r {REQUIREMENTS}; or `fewqubit run`, which makes all results again",
        )
    if name.startswith("fewqubit") and (other := differing(project)):
        yield Finding(
            "scripts",
            f"{', '.join(other[:3])}{', …' if other[3:] else ''}: not as this version has them",
            "copy them from what `fewqubit new` makes, unless the change is yours",
        )


def _git(project: Path) -> Finding:
    from fewqubit.pipeline.project import under_git

    if not under_git(project):
        return Finding("Git", "not used", "git init; git add .; git commit, for `dvc exp run`")
    asked = ["git", "-C", str(project), "rev-parse", "--short", "HEAD"]
    head = subprocess.run(asked, capture_output=True, text=True, check=False)
    if head.returncode != 0:
        return Finding("Git", "no commit yet", "git add .; git commit, for `dvc exp run`")
    return Finding("Git", f"at {head.stdout.strip()}")


def _stages(project: Path) -> Finding:
    from fewqubit.pipeline.graph import read_pipeline
    from fewqubit.pipeline.project import open_project

    if _at_work(project):
        return Finding("DVC", "a run is at work", "wait for it; `fewqubit run` goes on after it")
    try:
        pipeline = read_pipeline(open_project(project))
    except FewqubitError as error:
        return Finding("DVC", str(error), "mend what DVC names, in dvc.yaml or dvc.lock", True)
    total, stale = len(pipeline.upstream), len(pipeline.stale)
    return Finding("DVC", f"{stale} of {total} stages are stale", "fewqubit run" if stale else "")


def _at_work(project: Path) -> bool:
    lock = project / ".dvc/tmp/fewqubit.lock"
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _runs(project: Path) -> Finding:
    from fewqubit.tracking.address import shown, sqlite_file, tracking_uri
    from fewqubit.tracking.reach import reach

    uri = tracking_uri(project)
    try:
        reach(uri)
    except FewqubitError as error:
        return Finding("MLflow", str(error), "start the server, or unset MLFLOW_TRACKING_URI", True)
    file = sqlite_file(uri)
    if file is None:
        return Finding("MLflow", f"runs are kept at {shown(uri)}")
    if not file.exists():
        return Finding("MLflow", "no runs yet", "fewqubit run")
    try:
        with sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True) as rows:
            (count,) = rows.execute("select count(*) from runs").fetchone()
    except sqlite3.Error as error:
        return Finding("MLflow", f"{file}: {error}", "`fewqubit track` begins it again", True)
    return Finding("MLflow", f"{count} runs in {file.name}; `fewqubit mlflow` shows them")
