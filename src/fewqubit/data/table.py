"""Any CSV or Parquet file with one column of labels; everything else in it must be numbers."""

import csv
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

from fewqubit.config import ClassLists, Table
from fewqubit.data.raw import RawData
from fewqubit.errors import DataError

CSV_FAULTS = (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, csv.Error)
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
UNREADABLE = (*CSV_FAULTS, UnicodeDecodeError, OSError, pyarrow.ArrowException)


def read_table(settings: Table) -> RawData:
    """Rows of a table: label column to classes (as text, sorted), all other columns to features.

    Rows are counted from 1, the header apart. Raises DataError, with file, row or column and the
    remedy: unreadable file, no such label, duplicate columns, text among the features, missing or
    infinite values, a class with a single example.
    """
    path = Path(settings.path)
    frame = _frame(path, settings.label)
    labels = _labels(frame[settings.label], path)
    features = frame.drop(columns=settings.label)
    x = np.stack([_numbers(features[name], path) for name in features.columns], axis=1)
    names, y = np.unique(labels, return_inverse=True)
    _no_loners(y, names.tolist(), settings, path)
    return RawData(x, y.astype(np.int32), names.tolist(), names.tolist(), list(features.columns))


def _frame(path: Path, label: str) -> pd.DataFrame:
    """The table as read, labels as text. Raises DataError if that fails or has no sense."""
    if not path.is_file():
        raise DataError(f"{path}: no such file; correct the data set's path")
    try:
        columns = _columns(path)
        _check_columns(columns, label, path)
        frame = _content(path, label, columns)
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as {_kind(path)}: {reason}; repair it") from error
    if frame.empty:
        raise DataError(f"{path}: no rows below the header; expected one for each example")
    return frame


def _kind(path: Path) -> str:
    kinds = {".csv": "CSV", ".parquet": "Parquet", ".pq": "Parquet"}
    if path.suffix.lower() not in kinds:
        raise DataError(f"{path}: expected a file named .csv or .parquet; rename or convert it")
    return kinds[path.suffix.lower()]


def _columns(path: Path) -> list[str]:
    """Names as the file has them: pandas would rename the second of two equal ones."""
    if _kind(path) == "Parquet":
        return list(pyarrow.parquet.read_schema(path).names)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return next(csv.reader(lines), [])


def _check_columns(columns: list[str], label: str, path: Path) -> None:
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DataError(f"{path}: more than one column is called '{twice[0]}'; rename or drop one")
    if label not in columns:
        raise DataError(
            f"{path}: no label column '{label}'; the columns, separated by commas, are "
            f"{', '.join(repr(name) for name in columns) or 'none'}; correct the data set's label"
        )
    if len(columns) == 1:
        raise DataError(f"{path}: no column beside the label '{label}'; expected numeric features")


def _content(path: Path, label: str, columns: list[str]) -> pd.DataFrame:
    if _kind(path) == "Parquet":
        return pd.read_parquet(path)
    with warnings.catch_warnings():  # a row longer than the header would lose its last values
        warnings.simplefilter("error", pd.errors.ParserWarning)
        return pd.read_csv(
            path,
            encoding="utf-8-sig",
            dtype={label: str},  # "007" and "NA" are good labels, and stay what they are
            keep_default_na=False,
            na_values={name: MISSING for name in columns if name != label},
            index_col=False,
            low_memory=False,
        )


def _labels(column: pd.Series, path: Path) -> np.ndarray:
    """Labels as text, whatever they were. Raises DataError at the first empty one."""
    texts = np.char.strip(column.astype(str).to_numpy(dtype=str))
    empty = column.isna().to_numpy() | (texts == "")
    if empty.any():
        raise DataError(
            f"{path}: row {_row(empty)} has no label in column '{column.name}' "
            f"({empty.sum()} such rows); fill it or drop the row"
        )
    return texts


def _numbers(column: pd.Series, path: Path) -> np.ndarray:
    """float32 values of a feature column. Raises DataError at the first that is not a number."""
    missing = column.isna().to_numpy()
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    text = np.isnan(values) & ~missing
    where = f"{path}: column '{column.name}'"
    if text.any() or not (column.dtype.kind in "biuf" or missing.all()):
        row = _row(text) if text.any() else 1
        raise DataError(
            f"{where} must hold numbers, but row {row} has '{column.iloc[row - 1]}'; drop the "
            "column, or encode it (for categories: one column of 0 and 1 for each)"
        )
    if missing.any():
        raise DataError(
            f"{where} has no value in row {_row(missing)} ({missing.sum()} such rows); "
            "fill it or drop the rows"
        )
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.isfinite(single).all():
        raise DataError(
            f"{where} is infinite, or beyond single precision, in row "
            f"{_row(~np.isfinite(single))}; correct it or drop the row"
        )
    return single


def _no_loners(y: np.ndarray, names: list[str], settings: Table, path: Path) -> None:
    """A class with one example can never be in a support and a query set."""
    used = names
    if isinstance(settings.split, ClassLists):
        used = [str(name) for part in settings.split.model_dump().values() for name in part]
    for number, name in enumerate(names):
        rows = np.flatnonzero(y == number)
        if len(rows) == 1 and name in used:
            raise DataError(
                f"{path}: class '{name}' has one example (row {rows[0] + 1}); a task needs one to "
                "learn from and one to ask; add examples, drop the row, or leave the class out "
                "of the split's lists"
            )


def _row(where: np.ndarray) -> int:
    """The first row that ``where`` marks, counted from 1."""
    return int(np.argmax(where)) + 1
