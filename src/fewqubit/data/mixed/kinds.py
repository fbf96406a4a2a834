"""The kind of a column, by plain rules; settings may override it.

Numbers, dates, booleans and categories keep the type that the file declares. Text is, in this
order: yes/no; refused if some cells are numbers; a date; refused if some cells are dates, or if it
is numbers or dates in a spelling that can be read in two ways; a category if there are few
different ones; else dropped.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
from jaxtyping import Float

from fewqubit.data.columns import first_row, numbers
from fewqubit.data.files.written import WHOLE_COMMA
from fewqubit.data.labels import joined, quoted
from fewqubit.data.mixed.codes import YES_NO, cell_texts, codes, days, levels_of, with_gaps
from fewqubit.data.mixed.schema import Column, Dropped, Kind, Schema
from fewqubit.errors import DataError

FEW = 50  # categories of a column that becomes categorical by default
MOST = 1000  # categories in any case: each is a feature
REPEATED = 2  # rows that a category has on average, at least
TOLD = 40  # lines on columns
A_PART = 0.1  # of the cells; fewer numbers among words are words too
ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)
FIGURES = re.compile(r"[+−-]?\s*(?:0x[0-9a-f]+|\d[\d.,'’_:/\s]*)\s*[%€$£]?", re.IGNORECASE)


def schema_of(
    frame: pd.DataFrame, declared: Mapping[str, str], where: object, missing: Sequence[str] = ()
) -> Schema:
    """What each column of ``frame`` holds; ``declared`` has the kind of some, or ``drop``.

    ``missing`` are texts that mean a missing value.

    Raises DataError: a column fits no rule or not its kind in ``declared``, or all are dropped.
    """
    frame = with_gaps(frame, missing)
    found = [column_of(frame[name], declared.get(name), where) for name in frame.columns]
    dropped = tuple(one for one in found if isinstance(one, Dropped))
    if len(dropped) == len(found):
        reasons = joined((f"{one.name}: {one.why}" for one in dropped), 10)
        raise DataError(f"{where}: no column can be a feature ({reasons}); bring some that can")
    columns = tuple(one for one in found if isinstance(one, Column))
    return Schema(columns, dropped, tuple(missing))


def column_of(column: pd.Series, declared: str | None, where: object) -> Column | Dropped:
    """What one column holds. Raises DataError as ``schema_of``."""
    name = str(column.name)
    place = f"{where}: column {quoted(name)}"
    if declared == "drop":
        return Dropped(name, "columns says so")
    try:
        texts = cell_texts(column)
    except TypeError:
        raise DataError(
            f"{place} must hold numbers, texts or dates, but row 1 has {quoted(column.iloc[0])}; "
            "drop the column"
        ) from None
    if declared is None and (texts == "").all():
        return Dropped(name, "it is empty")
    kind = declared or _by_type(column, where) or _of_text(texts, place)
    if kind == "category" and len(set(texts) - {""}) > (MOST if declared else _most(column)):
        return _too_many(name, texts, declared, place)
    about = Column(name, kind, _levels(kind, texts))  # type: ignore[arg-type]
    codes(column, about, where)
    return about


def is_plain(schema: Schema, frame: pd.DataFrame) -> bool:
    """Whether all columns are numeric features without gaps, so that nothing is encoded."""
    plain = all(one.kind == "number" for one in schema.columns) and not schema.dropped
    return plain and not frame[schema.names].isna().to_numpy().any()


def described(schema: Schema, rows: Float[np.ndarray, "N d"]) -> list[str]:
    """How columns that are not plain numbers are encoded, one line for each kind."""
    names_by_words: dict[str, list[str]] = {}
    for about, gaps in zip(schema.columns, np.isnan(rows).sum(axis=0).tolist(), strict=True):
        if words := "; ".join([*_becomes(about), *_filled(about, gaps)]):
            names_by_words.setdefault(words, []).append(about.name)
    for one in schema.dropped:
        names_by_words.setdefault(f"left out, for {one.why}", []).append(one.name)
    lines = [f"{_columns(names)}: {words}" for words, names in names_by_words.items()]
    return lines if len(lines) <= TOLD else [*lines[:TOLD], f"{len(lines) - TOLD} more lines so"]


def _columns(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"column {quoted(names[0])}"
    return f"{len(names)} columns ({joined(names, 5)})"


def _becomes(about: Column) -> list[str]:
    if about.kind == "category":
        return [
            f"{len(about.levels)} categories ({joined(about.levels, 5)}), a feature of 0 and 1 for "
            "each that meta-train has"
        ]
    if about.kind == "yes_no":
        return [f"{about.levels[0]} is 0, {about.levels[1]} is 1"]
    return ["dates, as days since 1970"] if about.kind == "date" else []


def _filled(about: Column, gaps: int) -> list[str]:
    if not gaps:
        return []
    rows = f"{gaps} row{'s' if gaps > 1 else ''} without a value"
    if about.kind == "category":
        return [f"{rows}, a category of its own where meta-train has some"]
    return [f"{rows}, filled with the median; a feature marks them where meta-train has some"]


def _by_type(column: pd.Series, where: object) -> Kind | None:
    """The kind from a column's type; None for text and objects, whose cells decide."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "category"
    if column.dtype.kind in "biuf":
        return "number"
    if column.dtype.kind == "M":
        return "date"
    present = column.dropna()
    if column.dtype.kind == "O" and present.map(lambda cell: isinstance(cell, Decimal)).all():
        return "number"
    if column.dtype.kind != "O" or present.map(lambda cell: not _readable(cell)).any():
        numbers(column, where)  # complex numbers, durations, bytes: says what is wrong
    return None


def _readable(cell: object) -> bool:
    return isinstance(cell, str | bool | int | float) or type(cell).__name__ in ("date", "datetime")


def _of_text(texts: np.ndarray, place: str) -> Kind:
    present = texts != ""
    words = texts[present].tolist()
    if {word.lower() for word in words} in map(set, YES_NO):
        return "yes_no"
    cells = pd.Series(words, dtype=object)
    figure = pd.to_numeric(cells, errors="coerce").notna().to_numpy()
    comma = np.array([WHOLE_COMMA.fullmatch(word) is not None for word in words], bool)
    if not (figure | comma).all():  # all of them: which they are is not known
        figure = figure | comma
    if figure.mean() >= A_PART:
        _refuse_part(texts, present, figure, place)
    iso = np.array([ISO.fullmatch(word) is not None for word in words], bool)
    date = iso & ~np.isnan(days(cells.where(iso, None)))
    if date.all():
        return "date"
    if date.mean() >= A_PART:
        _refuse_dates(texts, present, date, place)
    if all(FIGURES.fullmatch(word) for word in words):
        raise DataError(
            f"{place} has figures like {quoted(words[0])} in row {first_row(present)}, which can "
            "be read in several ways; write numbers as 1234.5 and dates as 2020-12-31, or set "
            "`decimal` or `thousands` of the table, or say what it is (columns: {name: category})"
        )
    return "category"


def _refuse_part(texts: np.ndarray, present: np.ndarray, figure: np.ndarray, place: str) -> None:
    rows = np.flatnonzero(present)
    if figure.all():
        raise DataError(
            f"{place} holds numbers as text, as {quoted(texts[rows[0]])} in row {rows[0] + 1}; "
            "make them numbers, or say what they are (columns: {name: number} or category)"
        )
    row = rows[~figure][0]
    raise DataError(
        f"{place} must hold numbers, as in {figure.sum()} rows, but row {row + 1} has "
        f"{quoted(texts[row])}; correct it, list it in `missing` of the table if it stands for no "
        "value, or say what the column is (columns: {name: category} or drop)"
    )


def _refuse_dates(texts: np.ndarray, present: np.ndarray, date: np.ndarray, place: str) -> None:
    row = np.flatnonzero(present)[~date][0]
    raise DataError(
        f"{place} must hold dates like 2020-12-31, as in {date.sum()} rows, but row {row + 1} has "
        f"{quoted(texts[row])}; correct it, list it in `missing` of the table if it stands for no "
        "value, or say what the column is (columns: {name: category} or drop)"
    )


def _levels(kind: str, texts: np.ndarray) -> tuple[str, ...]:
    if kind == "category":
        return levels_of(texts.tolist())
    if kind != "yes_no":
        return ()
    found = levels_of([text.lower() for text in texts])
    return next((pair for pair in YES_NO if set(found) <= set(pair)), ("0", "1"))


def _most(column: pd.Series) -> int:
    """The largest number of default categories: few, and each in several rows on average."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return MOST
    return min(FEW, int(column.notna().sum()) // REPEATED)


def _too_many(name: str, texts: np.ndarray, declared: str | None, place: str) -> Dropped:
    count = len(set(texts) - {""})
    if declared:
        raise DataError(
            f"{place} has {count} categories; up to {MOST} can be features: join some, or drop it"
        )
    return Dropped(name, f"text of {count} different values is no category")
