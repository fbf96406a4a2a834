"""Read a CSV or Parquet file as a data frame, or raise one clear line about its error."""

import csv
import io
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from fewqubit.data.files.jsonl import jsonl_columns, read_jsonl
from fewqubit.data.files.source_file import Reading, table_kind
from fewqubit.data.files.written import AS_SEEN, CsvText, Written, csv_text
from fewqubit.data.labels import quoted
from fewqubit.errors import DataError

CSV_FAULTS = (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, csv.Error)
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
UNREADABLE = (*CSV_FAULTS, UnicodeDecodeError, OSError, MemoryError)
MOST_COLUMNS = 20_000

ColumnsOf = Callable[[Path], list[str]]
Read = Callable[[Reading], pd.DataFrame]


def read_frame(
    path: Path,
    texts: Sequence[str],
    needed: Sequence[str] = (),
    as_text: Sequence[str] = (),
    missing: Sequence[str] = (),
    needs_features: bool = True,
    written: Written = AS_SEEN,
) -> pd.DataFrame:
    """The table; the columns ``texts`` are labels, and are read as they are written.

    ``as_text`` are other columns whose digits are no numbers. ``missing`` lists texts that mean a
    missing value, in addition to the usual ones. ``written`` says how a CSV file is written; what
    was detected is in the frame's ``attrs["notes"]``, a line each.

    A Parquet index with a name is read as a column; one without a name is the row number and is
    left out. Raises DataError, with the remedy: unreadable or empty file, duplicate columns, a
    ``needed`` column is missing, or it has ``texts`` alone although ``needs_features`` is set.
    """
    kind = table_kind(path)
    try:
        text = csv_text(path, written, needed) if kind == "CSV" else None
        columns_of, read = _readers(kind, text)
        columns = columns_of(path)
        check_columns(columns, path)
        _check_needed(columns, texts, needed, path)
        if needs_features:
            _check_features(columns, texts, path)
        frame = read(Reading(path, columns, texts, as_text, (*MISSING, *missing)))
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as {kind}: {reason}; repair it") from error
    if frame.empty:
        raise DataError(f"{path}: no rows below the header; expected one for each example")
    frame.attrs["notes"] = (
        [] if text is None else [f"{path}: {line}" for line in text.written.notes]
    )
    return frame


def _readers(kind: str, text: CsvText | None) -> tuple[ColumnsOf, Read]:
    if text is not None:
        return lambda _: _csv_columns(text), lambda asked: _read_csv(asked, text)
    if kind == "JSON lines":
        return jsonl_columns, read_jsonl
    from fewqubit.data.files.parquet import (  # pyarrow is no part of core
        parquet_columns,
        read_parquet,
    )

    return parquet_columns, read_parquet


def check_columns(columns: Sequence[str], where: object) -> None:
    """Raise DataError if two columns have the same name, or names that look the same."""
    seen: dict[str, str] = {}
    for name in columns:
        plain = unicodedata.normalize("NFC", name).strip()
        if (other := seen.get(plain)) is not None:
            alike = "" if other == name else f" (one {quoted(other)})"
            raise DataError(
                f"{where}: more than one column is called {quoted(name)}{alike}; rename or drop one"
            )
        seen[plain] = name
    if len(columns) > MOST_COLUMNS:
        raise DataError(
            f"{where}: has {len(columns)} columns; up to {MOST_COLUMNS} are read: leave some out"
        )


def _csv_columns(text: CsvText) -> list[str]:
    """Names as in the file; pandas would rename the second of two equal ones."""
    with io.TextIOWrapper(text.open(), encoding="utf-8-sig", newline="") as lines:
        return next(csv.reader(lines, delimiter=text.written.separator or ","), [])


def _check_needed(
    columns: Sequence[str], texts: Sequence[str], needed: Sequence[str], path: Path
) -> None:
    for name in needed:
        if name not in columns:
            what, setting = ("label", "label") if name == texts[0] else ("group", "group")
            known = ", ".join(quoted(column) for column in columns[:30]) or "none"
            raise DataError(
                f"{path}: no {what} column {quoted(name)}; the columns, separated by commas, are "
                f"{known}{', …' if len(columns) > 30 else ''}; correct the {setting}"
            )


def _check_features(columns: Sequence[str], texts: Sequence[str], path: Path) -> None:
    if not set(columns) - set(texts):
        names = " and ".join(quoted(name) for name in dict.fromkeys(texts))
        raise DataError(f"{path}: no column beside the label {names}; expected numeric features")


def _read_csv(asked: Reading, text: CsvText) -> pd.DataFrame:
    with warnings.catch_warnings(), text.open() as stream:
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a longer row would lose values
        frame = pd.read_csv(
            stream,
            encoding="utf-8-sig",
            sep=text.written.separator or ",",
            decimal=text.written.decimal or ".",
            thousands=text.written.thousands,
            dtype=dict.fromkeys((*asked.texts, *asked.as_text), str),  # "007" stays as it is
            keep_default_na=False,
            na_values={name: asked.missing for name in asked.columns if name not in asked.texts},
            index_col=False,
            low_memory=False,
        )
    last = frame.iloc[:, -1]
    if (last.isna() | (last == "")).any():  # as in a row that ends too soon
        _check_short(text, len(asked.columns))
    return frame


def _check_short(text: CsvText, width: int) -> None:
    """Raise DataError at the first line that has fewer cells than the header."""
    separator = text.written.separator or ","
    with io.TextIOWrapper(text.open(), encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=separator)
        for row in rows:
            if row and len(row) < width:
                raise DataError(
                    f"{text.path}: line {rows.line_num} has {len(row)} cells, but the header has "
                    f"{width}; complete it"
                )
