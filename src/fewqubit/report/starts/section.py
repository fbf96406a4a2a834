"""Contests of starts as sections of the report: what ``report_starts`` has written of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.base.io.files import REMEDY, read_json
from fewqubit.errors import ArtifactError
from fewqubit.report.starts.text import NOTE, number, references_of

FOLDER = Path("starts")  # below the reports


class Table(NamedTuple):
    """A table as text."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Section(NamedTuple):
    """What was found of one set of problems; ``picture`` is an SVG."""

    name: str
    headline: str
    picture: str
    tables: Sequence[Table]
    notes: Sequence[str]


def sections(reports: Path, problems: Sequence[str]) -> list[Section]:
    """One for each of ``problems``. Raises ArtifactError: a file is missing or damaged."""
    return [_section(reports / FOLDER, name) for name in problems]


def _section(folder: Path, name: str) -> Section:
    figures, drawn = read_json(folder / f"{name}.json"), folder / f"{name}.svg"
    if not drawn.is_file():
        raise ArtifactError(f"{drawn}: expected a picture, found none; {REMEDY}")
    rows = [{"start": start, **row} for start, row in figures["starts"].items()]
    return Section(
        name,
        figures["headline"],
        drawn.read_text(encoding="utf-8"),
        [_table(rows), *([_table(figures["verdicts"])] if figures["verdicts"] else [])],
        [NOTE, *references_of(figures["goemans_williamson"])],
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> Table:
    return Table([*rows[0]], [[_cell(value) for value in row.values()] for row in rows])


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return number(value) if isinstance(value, float) else str(value)
