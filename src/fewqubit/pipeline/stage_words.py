"""Stages in words: ``kernel/quantum trained``, and its most important figure."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

from fewqubit.base.io.files import read_json
from fewqubit.config.settings import Run
from fewqubit.errors import ArtifactError
from fewqubit.report.words import percent

DONE = {
    "watch": "own files looked at",
    "prepare": "prepared",
    "encode": "encoded",
    "search": "settings searched",
    "meta_train": "trained",
    "evaluate": "tested",
    "baseline": "tested",
    "report": "report written",
    "problems": "drawn",
    "train_start": "trained",
    "evaluate_start": "tested",
    "report_starts": "reported",
    "track": "mirrored into MLflow",
}
DOING = {
    "prepare": "preparing",
    "encode": "encoding",
    "search": "searching",
    "meta_train": "training",
    "evaluate": "testing",
    "baseline": "testing",
    "track": "mirroring",
    "problems": "drawing",
    "train_start": "training",
    "evaluate_start": "testing",
}
AXES = {
    "prepare": ("datasets",),
    "encode": ("datasets", "feature_maps"),
    "search": ("datasets", "learners", "arms"),
    "meta_train": ("datasets", "learners", "arms"),
    "evaluate": ("datasets", "learners", "arms"),
    "baseline": ("datasets", "baselines"),
    "problems": ("problems",),
    "train_start": ("problems", "starts"),
    "evaluate_start": ("problems", "starts"),
    "report_starts": ("problems",),
}
FIGURES = {
    "meta_train": ("artifacts/trained/{}/learner.json", "validation_accuracy", "validation"),
    "evaluate": ("artifacts/evaluated/{}/metrics.json", "accuracy", "test"),
    "baseline": ("artifacts/evaluated/{}/baseline/metrics.json", "accuracy", "test"),
}


class StageWords:
    """The words for the stages of one run; a stage that it does not know has its own name."""

    def __init__(self, project: Path, run: Run) -> None:
        self._project = project
        self._one = len(run.datasets) == 1
        axes: Mapping[str, Any] = run.model_dump()
        self._places = {
            f"{script}@{'-'.join(place)}": place
            for script, names in AXES.items()
            for place in product(*(axes[name] for name in names))
        }

    def what(self, stage: str) -> str:
        """``kernel/quantum``; with its data set in front where the run has several."""
        place = self._places.get(stage)
        if place is None:
            return stage.partition("@")[2]
        return "/".join(place[1:] if self._one and len(place) > 1 else place)

    def doing(self, stage: str) -> str:
        """``training kernel/quantum``."""
        what, word = self.what(stage), DOING.get(stage.partition("@")[0])
        return " ".join(filter(None, [word, what])) if word else stage

    def done(self, stage: str) -> str:
        """``kernel/quantum trained``."""
        what, word = self.what(stage), DONE.get(stage.partition("@")[0])
        if word is None:
            return f"{stage} done"
        return f"{what} {word}" if what else word

    def figure(self, stage: str) -> str:
        """``validation 71.3 %``; empty where there is none, or none that can be read."""
        script, place = stage.partition("@")[0], self._places.get(stage)
        if place is None or script not in FIGURES:
            return ""
        file, key, word = FIGURES[script]
        values = _numbers(self._project / file.format("/".join(place)), key)
        return f"{word} {percent(fmean(values))}" if values else ""


def _numbers(path: Path, key: str) -> list[float]:
    """One figure, or one for each seed; empty if the file holds none, which stops no run."""
    try:
        value = read_json(path)[key]
    except (ArtifactError, LookupError, TypeError):
        return []
    values = value if isinstance(value, list) else [value]
    return values if all(isinstance(one, int | float) for one in values) else []
