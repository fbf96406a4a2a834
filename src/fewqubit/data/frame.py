"""A CSV or Parquet file as a data frame, or one clear line about what is wrong with it."""

import csv
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

from fewqubit.errors import DataError

CSV_FAULTS = (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, csv.Error)
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]
UNREADABLE = (*CSV_FAULTS, UnicodeDecodeError, OSError, pyarrow.ArrowException)


def read_frame(path: Path, label: str, *, labelled: bool = True) -> pd.DataFrame:
    """The table as read, labels as text; without a label column only if ``labelled`` is False.

    Raises DataError, with the remedy: unreadable or empty file, duplicate columns, no such label,
    no column beside it.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; correct the path")
    try:
        columns = _columns(path)
        _check_columns(columns, label, path, labelled)
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


def _check_columns(columns: list[str], label: str, path: Path, labelled: bool) -> None:
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DataError(f"{path}: more than one column is called '{twice[0]}'; rename or drop one")
    if labelled and label not in columns:
        raise DataError(
            f"{path}: no label column '{label}'; the columns, separated by commas, are "
            f"{', '.join(repr(name) for name in columns) or 'none'}; correct the label"
        )
    if columns == [label]:
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


def numbers(column: pd.Series, path: Path) -> np.ndarray:
    """float32 values of a feature column. Raises DataError at the first that is not a number."""
    missing = column.isna().to_numpy()
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    text = np.isnan(values) & ~missing
    where = f"{path}: column '{column.name}'"
    if text.any() or not (column.dtype.kind in "biuf" or missing.all()):
        row = first_row(text) if text.any() else 1
        raise DataError(
            f"{where} must hold numbers, but row {row} has '{column.iloc[row - 1]}'; drop the "
            "column, or encode it (for categories: one column of 0 and 1 for each)"
        )
    if missing.any():
        raise DataError(
            f"{where} has no value in row {first_row(missing)} ({missing.sum()} such rows); "
            "fill it or drop the rows"
        )
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    if not np.isfinite(single).all():
        raise DataError(
            f"{where} is infinite, or beyond single precision, in row "
            f"{first_row(~np.isfinite(single))}; correct it or drop the row"
        )
    return single


def first_row(where: np.ndarray) -> int:
    """The first row that ``where`` marks, counted from 1."""
    return int(np.argmax(where)) + 1
