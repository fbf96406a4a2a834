"""A new project: a folder that appears complete or not at all, under Git if it is installed."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from fewqubit.base.io.folders import replacing_folder
from fewqubit.config import PARAMS_FILE, load_settings
from fewqubit.config.places import TABLES
from fewqubit.errors import SettingsError
from fewqubit.pipeline.overrides import edit_settings
from fewqubit.pipeline.project import under_git
from fewqubit.pipeline.projects.files import write_files
from fewqubit.pipeline.projects.fitted import fit_table

LABEL, LARGE = "label", 50_000_000  # bytes: Git keeps every version of a file whole
NOBODY = ("-c", "user.name=fewqubit", "-c", "user.email=fewqubit@localhost")


def make_project(folder: Path, table: Path | None = None, label: str | None = None) -> list[str]:
    """Write a project into ``folder``, which is new or empty. Returns notes for the user.

    With ``table``, a CSV or Parquet file, the project is about its classes. Raises a FewqubitError
    if the folder is taken or the table cannot be used; nothing is written then.
    """
    target = folder.resolve()
    if target == Path.cwd().resolve():
        raise SettingsError(f"expected the name of a new folder, got '{folder}'; name one")
    if table is None and label is not None:
        raise SettingsError(f"expected a table with the column '{label}', got none; give --table")
    notes: list[str] = []
    with replacing_folder(target, ()) as place:
        write_files(place, target.name)
        if table is not None:
            fitted = fit_table(table, label or LABEL, load_settings(place / PARAMS_FILE))
            shutil.copyfile(table, place / fitted.place)
            edit_settings(place, fitted.overrides)
            load_settings(place / PARAMS_FILE)
            notes += fitted.notes
    large = table is not None and table.stat().st_size > LARGE
    if table is not None and large:
        notes.append("the table is large: `dvc add` it (data/tables/README.md), then commit it")
    return [*notes, _under_git(target, [f":!{TABLES}"] if large else [])]


def _under_git(project: Path, but: Sequence[str]) -> str:
    """Commit the project, whose experiments DVC keeps in Git. Returns a line on what was done."""
    if under_git(project):
        return f"{project} is in a Git repository: commit it before `dvc exp run`"
    try:
        _git(project, "init", "--quiet")
        _git(project, "add", "--all", "--", ".", *but)
        named = _git(project, "config", "user.email", check=False) == 0
        _git(project, *(() if named else NOBODY), "commit", "--quiet", "-m", "A new project")
    except FileNotFoundError:
        return "no Git here: everything works but DVC's experiments"
    except subprocess.CalledProcessError as error:
        words = " ".join((error.stderr or b"").decode(errors="replace").split())
        return f"not committed ({words}); commit it before `dvc exp run`"
    return "under Git, with one commit"


def _git(project: Path, *arguments: str, check: bool = True) -> int:
    command = ["git", "-C", str(project), *arguments]
    done = subprocess.run(command, check=check, capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode
