"""A search on disk, in plain files: trials.csv, and search.json, which says what they mean."""

import csv
import io
import json
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import write_text
from fewqubit.errors import ArtifactError

FORMAT = 2
OWN = ("trial", "validation_accuracy", "seconds", "started")  # columns that are no settings


class Row(NamedTuple):
    """One finished trial: its values, and the validation accuracy of each training seed."""

    trial: int
    values: dict[str, Any]
    accuracies: list[float]
    seconds: float
    started: str

    @property
    def accuracy(self) -> float:
        """Mean over training seeds: what the search maximises."""
        return fmean(self.accuracies)


class Found(NamedTuple):
    """The outcome of one arm's search; of equals the first is best."""

    arm: str
    values: dict[str, Any]
    best: float
    median: float
    trials: int
    seconds: float


def found(arm: str, rows: list[Row]) -> Found:
    """What the trials ``rows`` say."""
    best = max(rows, key=lambda row: row.accuracy)
    middle = median(row.accuracy for row in rows)
    seconds = sum(row.seconds for row in rows)
    return Found(arm, best.values, best.accuracy, middle, len(rows), seconds)


def save_search(folder: Path, card: dict[str, Any], rows: list[Row]) -> None:
    """Write trials.csv, its values as JSON, then search.json, which declares it finished."""
    names = list(rows[0].values)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*OWN, *names])
    for row in rows:
        common = (row.trial, row.accuracy, round(row.seconds, 3), row.started)
        table.writerow([*common, *(json.dumps(row.values[name]) for name in names)])
    write_text(folder / "trials.csv", text.getvalue())
    outcome = found(card["arm"], rows)._asdict()
    write_card(folder / "search.json", {"format": FORMAT, **card, **outcome}, ["trials.csv"])


def read_trials(folder: Path) -> tuple[dict[str, Any], list[tuple[dict[str, Any], float]]]:
    """search.json, and values and validation accuracy of every trial.

    Raises ArtifactError: there is no finished search, or its files are damaged.
    """
    path = folder / "trials.csv"
    if not path.is_file():
        raise ArtifactError(f"{folder}: no finished search; run `fewqubit search` first")
    card = read_card(folder / "search.json", ["trials.csv"], "search again", format=FORMAT)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream))
        names = [name for name in table[0] if name not in OWN]
        trials = [
            ({name: json.loads(row[name]) for name in names}, float(row["validation_accuracy"]))
            for row in table
        ]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path}: expected trials, but {error}; search again") from None
    return card, trials
