"""The settings that the last run was started with, kept in a file of their own."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.files import read_json, write_json
from fewqubit.config import PARAMS_FILE, Settings, load_settings
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.pipeline.overrides import layered_settings

RECORD = Path("artifacts/journal/run.json")
WHOLE = "whole_run"  # its journal: the seconds of a run, of processors too, with DVC's in them


def record(project: Path, overrides: Sequence[str], recipe: str | None) -> None:
    """Store what a run is started with; dvc.lock has each stage's settings in full."""
    write_json(project / RECORD, {"recipe": recipe, "overrides": [*overrides]})


class LastAsked(NamedTuple):
    """What a run was started with in addition to params.yaml."""

    overrides: Sequence[str] = ()
    recipe: str | None = None

    def __str__(self) -> str:
        words = ["--recipe", self.recipe] if self.recipe else []
        for override in self.overrides:
            words += ["--set", override]
        return shlex.join(words)


def last_asked(project: Path) -> LastAsked:
    """What the last run was started with; empty if its record cannot be read."""
    try:
        return LastAsked(**read_json(project / RECORD))
    except (ArtifactError, TypeError):
        return LastAsked()


def last_settings(project: Path) -> Settings:
    """The settings of the last run; those of params.yaml if its own no longer exist."""
    asked = last_asked(project)
    try:
        return layered_settings(project, asked.overrides, asked.recipe)
    except SettingsError:
        return load_settings(project / PARAMS_FILE)


def last_run(project: Path) -> str:
    """``--recipe smoke --set seed=5``; empty if the last run had no settings of its own."""
    return str(last_asked(project))
