"""The verdicts in the terminal, at the end of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fewqubit.base.io.files import REMEDY, read_json
from fewqubit.errors import ArtifactError
from fewqubit.report.supplement import DEVICES, chosen_line, device_rows, feature_map_lines
from fewqubit.report.words import (
    NONE,
    SAME,
    explain_arms,
    floor,
    percent,
    percent_range,
    points,
    points_range,
    signed,
)

STYLES = {
    "better": "green",
    "ahead": "cyan",
    "worse": "red",
    "equivalent": "blue",
    "undecided": "dim",
    NONE: "dim",
    SAME: "dim",
}
TEXTS = ("learner", "arm", "device", "against", "question", "this", "that", "verdict")
Cell = str | Text
Rows = Sequence[Sequence[Cell]]


def print_verdicts(reports: Path, console: Console) -> None:
    """Print the tables of each data set, a line for each contest of starts, from metrics.json.

    Raises ArtifactError if there is no report yet, or one of an older version.
    """
    figures = read_json(reports / "metrics.json")
    if "scores" not in figures:
        raise ArtifactError(f"{reports}/metrics.json is of an older version; {REMEDY}")
    level = f"{100 * figures['confidence']:g} % interval"
    if figures["across"]:
        console.print("all data sets", style="bold", highlight=False)
        console.print(figures["across"]["told"], highlight=False)
    for dataset, learners in figures["results"].items():
        console.print(f"{dataset}: did the quantum part help?", style="bold", highlight=False)
        console.print(figures["headlines"][dataset], highlight=False)
        score = figures["scores"][dataset]
        for table in (
            _primary(learners, level, score),
            _arms(learners, level, score),
            _questions(figures["questions"][dataset], level),
            _table("on devices", DEVICES, device_rows(figures["beside"][dataset])),
        ):
            _print(table, console)
        lines = (*figures["notes"][dataset], *_supplement_lines(figures["beside"][dataset]))
        for line in (_note(learners, figures["margin"], score), *lines):
            console.print(line, style="dim", highlight=False)
    for problem, headline in figures.get("starts", {}).items():
        console.print(f"{problem}: where do circuits start?", style="bold", highlight=False)
        console.print(headline, highlight=False)


def _primary(learners: Mapping[str, Any], level: str, score: str) -> Table | None:
    """Quantum against its opponents, the question asked beforehand; else how accurate arms are."""
    rows = [
        row for name, arms in learners.items() if "answer" in arms for row in _opponents(name, arms)
    ]
    if rows:
        columns = ("learner", "quantum", "against", score, "difference", level, "verdict")
        return _table("", columns, rows)
    alone = [
        (name, arm, percent(row["accuracy"]), _interval(row))
        for name, arms in learners.items()
        for arm, row in arms.items()
        if arm not in ("baseline", "against")
    ]
    return _table("", ("learner", "arm", score, "interval"), alone)


def _opponents(learner: str, arms: Mapping[str, Any]) -> list[Sequence[Cell]]:
    """A line for each opponent; the first has the one verdict on all."""
    word = arms["answer"]["verdict"]
    rows: list[Sequence[Cell]] = []
    for arm, row in arms["answer"]["opponents"].items():
        name, quantum = ("", "") if rows else (learner, _accuracy(arms, "quantum"))
        verdict = "" if rows else Text(signed(word), style=STYLES[word])
        rows.append((name, quantum, arm, _accuracy(arms, arm), *_cells(row)[:2], verdict))
    return rows


def _arms(learners: Mapping[str, Any], level: str, score: str) -> Table | None:
    rows, before = [], ""
    for learner, arms in learners.items():
        for arm, row in arms.get("against", {}).items():
            if arm != "twin":
                name, before = "" if learner == before else learner, learner
                rows.append((name, arm, _accuracy(arms, arm), *_cells(row)))
    columns = ("learner", "against", score, "difference", level, "verdict")
    return _table("quantum against its other arms", columns, rows)


def _questions(asked: Mapping[str, Any], level: str) -> Table | None:
    rows = [(name, row["this"], row["that"], *_cells(row)) for name, row in asked.items()]
    columns = ("question", "this", "that", "difference", level, "verdict")
    return _table("questions of your own: this − that", columns, rows)


def _note(learners: Mapping[str, Any], margin: float, score: str) -> str:
    """The note below the tables: baselines, chance, and how to read a difference."""
    plain = {name: row["baseline"] for name, row in learners.items() if "baseline" in row}
    baselines = ", ".join(f"{name} {percent(row['accuracy'])}" for name, row in plain.items())
    _, chance = floor(score, next(iter(next(iter(learners.values())).values()))["chance"])
    others = {arm: None for arms in learners.values() for arm in arms.get("against", {})}
    legend = explain_arms(arm for arm in others if arm != "twin")
    return (
        f"Baselines: {baselines or 'none'}; {chance}. The difference is quantum − "
        f"the other in points on the same episodes; within ±{100 * margin:g} it does not matter. "
        "Intervals are corrected for the comparisons of a table (Holm)."
        f"{f' {legend}.' if legend else ''}"
    )


def _supplement_lines(figures: Mapping[str, Any]) -> list[str]:
    """What feature maps promise, and what baselines were tuned to."""
    lines = [f"Feature map {line}" for line in feature_map_lines(figures)]
    chosen = chosen_line(figures)
    return [*lines, *([f"Chosen on validation episodes: {chosen}."] if chosen else [])]


def _accuracy(arms: Mapping[str, Any], arm: str) -> str:
    return percent(arms[arm]["accuracy"]) if arm in arms else ""


def _interval(row: Mapping[str, Any]) -> str:
    return percent_range(row["accuracy_low"], row["accuracy_high"])


def _cells(row: Mapping[str, Any]) -> tuple[str, str, Text]:
    """Difference, interval and verdict."""
    word = row["verdict"]
    known = word not in (SAME, NONE)
    interval = points_range(row["low_holm"], row["high_holm"]) if known else ""
    return points(row["difference"]), interval, Text(signed(word), style=STYLES[word])


def _table(title: str, columns: Sequence[str], rows: Rows) -> Table | None:
    """A table without empty columns; None without rows."""
    if not rows:
        return None
    shown = [n for n in range(len(columns)) if any(row[n] for row in rows)]
    table = Table(title=title or None, title_justify="left")
    for n in shown:
        left = columns[n] in TEXTS
        table.add_column(columns[n], justify="left" if left else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(row[n] for n in shown))
    return table


def _print(table: Table | None, console: Console) -> None:
    """Print ``table``; in a narrow terminal, print a line for each row instead."""
    if table is None:
        return
    if _width(table) <= console.width:
        console.print(table)
        return
    if table.title:
        console.print(table.title, highlight=False)
    names = [str(column.header) for column in table.columns]
    first = ""
    for cells in zip(*(map(str, column.cells) for column in table.columns), strict=True):
        first = cells[0] or first  # the same learner as above
        parts = [
            f"{name} {cell}" if name not in TEXTS else cell
            for name, cell in zip(names, (first, *cells[1:]), strict=True)
            if cell
        ]
        console.print(f"- {', '.join(parts)}", highlight=False)


def _width(table: Table) -> int:
    """The width of the table if nothing in it is cut."""
    cells = (
        max(cell_len(str(cell)) for cell in (column.header, *column.cells))
        for column in table.columns
    )
    return sum(width + 3 for width in cells) + 1
