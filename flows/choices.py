"""What the form of a run offers: the names in params.yaml and recipes/, as types."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from fewqubit.config import PARAMS_FILE, load_settings
from fewqubit.errors import SettingsError


def choices(project: Path) -> tuple[Any, Any, Any]:
    """The types of a data set, of a learner and of a recipe.

    Any text where settings cannot be read: the run itself says what is wrong with them.
    """
    recipes = _one_of(path.stem for path in (project / "recipes").glob("*.yaml"))
    try:
        settings = load_settings(project / PARAMS_FILE)
    except (SettingsError, OSError):
        return str, str, recipes
    return _one_of(settings.datasets), _one_of(settings.learners), recipes


def axes(datasets: Iterable[str], learners: Iterable[str]) -> list[str]:
    """The overrides that choose them: ``run.datasets=[digits]``; none for what is left empty."""
    chosen = {"run.datasets": [*datasets], "run.learners": [*learners]}
    return [f"{key}=[{', '.join(names)}]" for key, names in chosen.items() if names]


def _one_of(names: Iterable[str]) -> Any:
    known = sorted(names)
    return Literal[tuple(known)] if known else str
