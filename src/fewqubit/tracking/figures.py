"""The metrics of a run, read from a result's files; the prefix names the section of the chart."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from fewqubit.base.io.files import read_json
from fewqubit.errors import ArtifactError

CURVES = {
    "train_loss": "train/loss",
    "train_accuracy": "train/accuracy",
    "validation_accuracy": "validation/accuracy",
}
COSTS = {
    "n_parameters": "cost/parameters",
    "circuit_evaluations_adapt": "cost/circuits_adapt",
    "circuit_evaluations_per_query": "cost/circuits_predict_per_query",
}
ON_DEVICE = ("shots_adapt", "shots_per_query", "depth", "two_qubit_gates")
TUNED = "tuned_"  # a baseline's choice from its grid: a setting, not a figure
VALIDATED = "validation_accuracy"  # of learner.json
BEST_VALIDATION = "validation/accuracy_best"


class Figure(NamedTuple):
    """One value of one metric."""

    name: str
    value: float
    step: int = 0


def evaluated_figures(folder: Path) -> list[Figure]:
    """``eval/…`` and ``cost/…`` from metrics.json, ``adapt/…`` over steps and shots."""
    figures = []
    for name, value in read_json(folder / "metrics.json").items():
        if not name.startswith(TUNED):
            figures.append(Figure(COSTS.get(name, f"eval/{name}"), float(value)))
    for (setting, value), rows in _grouped(folder / "adaptation.csv", "setting", "value"):
        mean = fmean(_numbers(rows, "accuracy"))
        figures.append(Figure(f"adapt/accuracy_by_{setting}", mean, int(value)))
    return figures


def trained_figures(folder: Path) -> list[Figure]:
    """Learning curves (mean over training seeds at each step), best validation, and costs."""
    figures = []
    for (step,), rows in _grouped(folder / "curve.csv", "step"):
        for column, name in CURVES.items():
            values = _numbers(rows, column)
            figures += [Figure(name, fmean(values), int(step))] if values else []
    figures.append(Figure(BEST_VALIDATION, fmean(best_validation(folder))))
    learner = read_json(folder / "learner.json")
    for part in ("encoder", "circuit", "head"):
        figures.append(Figure(f"cost/parameters_{part}", learner["n_parameters"][part]))
    acting = learner.get("acting", {}).get("seen")
    if acting is not None:
        figures.append(Figure("cost/parameters_acting", acting))
    for phase, count in learner["circuit_evaluations"].items():
        figures.append(Figure(f"cost/circuits_{phase}", float(count)))
    return figures


def device_figures(folder: Path) -> list[Figure]:
    """``cost/…`` of the circuit on the cost device, from cost.json, as far as known."""
    cost = read_json(folder / "cost.json")
    return [
        Figure(f"cost/{name}", float(cost[name])) for name in ON_DEVICE if cost[name] is not None
    ]


def best_validation(folder: Path) -> list[float]:
    """Validation accuracy of the parameters kept, for each training seed."""
    return [float(accuracy) for accuracy in read_json(folder / "learner.json")[VALIDATED]]


Row = Mapping[str, Any]


def _grouped(path: Path, *columns: str) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows of a CSV file by the values of ``columns``, in the order of the file."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                groups[tuple(row[column] for column in columns)].append(row)
    except KeyError as error:
        raise ArtifactError(f"{path}: expected a column {error}; run `dvc repro`") from error
    yield from groups.items()


def _numbers(rows: list[Row], column: str) -> list[float]:
    """Values of a column; an empty cell means that nothing was measured at that step."""
    return [float(row[column]) for row in rows if row[column]]
