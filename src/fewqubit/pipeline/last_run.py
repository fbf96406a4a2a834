"""What the last run was asked for: settings of a run are its own, so they are kept beside it."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from fewqubit.files import read_json, write_json

RECORD = Path("artifacts/journal/run.json")


def record(project: Path, overrides: Sequence[str], recipe: str | None) -> None:
    """Keep what a run that begins is asked for; dvc.lock has each stage's settings in full."""
    write_json(project / RECORD, {"recipe": recipe, "overrides": [*overrides]})


def last_run(project: Path) -> str:
    """``--recipe smoke --set seed=5``; empty if the last run had no settings of its own."""
    path = project / RECORD
    if not path.exists():
        return ""
    asked = read_json(path)
    words = [["--recipe", asked["recipe"]]] if asked["recipe"] else []
    words += [["--set", override] for override in asked["overrides"]]
    return shlex.join([word for pair in words for word in pair])
