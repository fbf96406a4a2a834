"""The verdicts in the terminal, at the end of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fewqubit.files import read_json
from fewqubit.report.words import SIGNS, percent, points, points_range

STYLES = {"better": "green", "worse": "red", "equivalent": "blue", "undecided": "dim"}


def print_verdicts(reports: Path, console: Console) -> None:
    """Print a table for each data set from ``reports``/metrics.json.

    Raises ArtifactError if there is no report yet.
    """
    figures = read_json(reports / "metrics.json")
    level = f"{100 * figures['confidence']:g} %"
    for dataset, learners in figures["results"].items():
        console.print(_table(dataset, learners, level))
        console.print(_note(learners, figures["margin"]), style="dim", highlight=False)


def _table(dataset: str, learners: Mapping[str, Any], level: str) -> Table:
    table = Table(title=f"{dataset}: did the quantum part help?", title_justify="left")
    for name in ("learner", "quantum", "twin", "difference", f"{level} interval", "verdict"):
        table.add_column(name, justify="left" if name in ("learner", "verdict") else "right")
    for learner, arms in learners.items():
        if "baseline" not in arms:
            table.add_row(learner, *_cells(arms))
    return table


def _note(learners: Mapping[str, Any], margin: float) -> str:
    """What stands beside the table: baselines, chance, and how to read a difference."""
    plain = {name: arms["baseline"] for name, arms in learners.items() if "baseline" in arms}
    baselines = ", ".join(f"{name} {percent(row['accuracy'])}" for name, row in plain.items())
    chance = next(iter(next(iter(learners.values())).values()))["chance"]
    return (
        f"Baselines: {baselines or 'none'}; chance {percent(chance)}. The difference is quantum − "
        f"twin in points on the same episodes; within ±{100 * margin:g} it does not matter."
    )


def _cells(arms: Mapping[str, Any]) -> list[str]:
    accuracies = [
        percent(arms[arm]["accuracy"]) if arm in arms else "" for arm in ("quantum", "twin")
    ]
    if "against_twin" not in arms:
        return [*accuracies, "", "", ""]
    row, word = arms["against_twin"], arms["against_twin"]["verdict"]
    verdict = f"[{STYLES[word]}]{SIGNS[word]} {word}[/]"
    return [*accuracies, points(row["difference"]), points_range(row["low"], row["high"]), verdict]
