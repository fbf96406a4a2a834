"""The verdicts in the terminal, at the end of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fewqubit.files import read_json
from fewqubit.report.words import SAME, p_value, percent, points, points_range, signed, told

STYLES = {
    "better": "green",
    "worse": "red",
    "equivalent": "blue",
    "undecided": "dim",
    SAME: "dim",
}
TEXTS = ("learner", "against", "verdict")


def print_verdicts(reports: Path, console: Console) -> None:
    """Print the tables of each data set from ``reports``/metrics.json.

    Raises ArtifactError if there is no report yet.
    """
    figures = read_json(reports / "metrics.json")
    level = f"{100 * figures['confidence']:g} %"
    for dataset, learners in figures["results"].items():
        console.print(_twins(dataset, learners, level))
        others = _others(learners)
        if others:
            console.print(_arms(dataset, learners, others, level))
        note = _note(learners, dict.fromkeys(arm for _, arm in others), figures["margin"])
        console.print(note, style="dim", highlight=False)


def _twins(dataset: str, learners: Mapping[str, Any], level: str) -> Table:
    """Quantum against its twin, the question asked beforehand."""
    columns = ("learner", "quantum", "twin", "difference", f"{level} interval", "verdict")
    table = _table(f"{dataset}: did the quantum part help?", *columns)
    for learner, arms in learners.items():
        if "baseline" not in arms:
            accuracies = (_accuracy(arms, arm) for arm in ("quantum", "twin"))
            difference, interval, _, verdict = _cells(arms.get("against_twin"))
            table.add_row(learner, *accuracies, difference, interval, verdict)
    return table


def _others(learners: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Learners and arms, but twins, that the quantum arm was compared with."""
    return [
        (learner, arm)
        for learner, arms in learners.items()
        for arm in arms.get("against", {})
        if arm != "twin"
    ]


def _arms(
    dataset: str, learners: Mapping[str, Any], others: list[tuple[str, str]], level: str
) -> Table:
    columns = ("learner", "against", "accuracy", "difference", f"{level} interval", "p (Holm)")
    table = _table(f"{dataset}: quantum against its other arms", *columns, "verdict")
    before = ""
    for learner, arm in others:
        row = _cells(learners[learner]["against"][arm])
        name, before = "" if learner == before else learner, learner
        table.add_row(name, arm, _accuracy(learners[learner], arm), *row)
    return table


def _note(learners: Mapping[str, Any], arms: Mapping[str, None], margin: float) -> str:
    """What stands beside the tables: baselines, chance, and how to read a difference."""
    plain = {name: row["baseline"] for name, row in learners.items() if "baseline" in row}
    baselines = ", ".join(f"{name} {percent(row['accuracy'])}" for name, row in plain.items())
    chance = next(iter(next(iter(learners.values())).values()))["chance"]
    legend = f" {told(arms)}." if arms else ""
    return (
        f"Baselines: {baselines or 'none'}; chance {percent(chance)}. The difference is quantum − "
        f"the other in points on the same episodes; within ±{100 * margin:g} it does not matter."
        f"{legend}"
    )


def _accuracy(arms: Mapping[str, Any], arm: str) -> str:
    return percent(arms[arm]["accuracy"]) if arm in arms else ""


def _cells(row: Mapping[str, Any] | None) -> tuple[str, str, str, str | Text]:
    """Difference, interval, p and verdict; nothing where the other was not run."""
    if row is None:
        return "", "", "", ""
    word = row["verdict"]
    verdict = Text(signed(word), style=STYLES[word])
    if word == SAME:
        return points(row["difference"]), "", "", verdict
    interval = points_range(row["low"], row["high"])
    return points(row["difference"]), interval, p_value(row["p_holm"]), verdict


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name in TEXTS else "right")
    return table
