"""Columns of a table as numbers; a column that only numbers the rows is refused as a feature."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from fewqubit.data.labels import quoted
from fewqubit.data.raw import LARGEST
from fewqubit.errors import DataError

SMALLEST_SPREAD = 1e-30
FEWEST = 10  # rows; fewer may be 1, 2, 3 … by chance
INDEX_NAME = re.compile(r"Unnamed: \d+|__index_level_\d+__|level_\d+|")


def numbers(column: pd.Series, path: object, gaps: bool = False) -> Float[np.ndarray, " N"]:
    """float64 values of a feature column; with ``gaps``, NaN for missing values.

    Raises DataError at the first cell that is not a number.
    """
    where = f"{path}: column {quoted(column.name)}"
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object).map(str, na_action="ignore")
    missing = column.isna().to_numpy()
    values = _numeric(column)
    text = np.isnan(values) & ~missing
    if text.any() or not (gaps or column.dtype.kind in "biuf" or missing.all()):
        row = first_row(text if text.any() else ~missing)
        raise DataError(
            f"{where} must hold numbers, but row {row} has {quoted(column.iloc[row - 1])}; drop "
            "the column, correct it, or list what stands for no value in `missing` of the table"
        )
    if missing.any() and not gaps:
        raise DataError(
            f"{where} has no value in row {first_row(missing)} ({missing.sum()} such rows); "
            "fill it or drop the rows"
        )
    _check_size(values, where)
    _check_distinct(column, values, where)
    return values


def check_row_numbers(x: Float[np.ndarray, "N d"], names: Sequence[str | None], path: Path) -> None:
    """Raise DataError if a feature is the row number, which a saved index leaves in a file.

    A column is an index if it has a name that pandas gives to one, or if its numbers are 0 … N − 1
    or 1 … N in any order. ``names`` has None for columns that are known to be no index. If no other
    column varies, the column is accepted: it must be meant as a feature.
    """
    counts = counts_rows(x)
    varies = x.max(axis=0) != x.min(axis=0)  # NaN is unequal to itself
    for place, name in enumerate(names):
        if name is None:
            continue
        unnamed = INDEX_NAME.fullmatch(name) is not None
        if unnamed or (counts[place] and (varies & ~counts).any()):
            why = "has a name that pandas gives to an index" if unnamed else "counts the rows"
            raise DataError(
                f"{path}: column {quoted(name)} {why}: an index is no feature; drop it (with "
                "pandas: to_csv(…, index=False)), or list the features in the setting `columns`"
            )


def counts_rows(x: Float[np.ndarray, "N d"]) -> Bool[np.ndarray, " d"]:
    """Whether the numbers of a column are 0 … N − 1, or 1 … N, each once."""
    if len(x) < FEWEST:
        return np.zeros(x.shape[1], bool)
    steps = np.sort(x, axis=0) - np.arange(len(x))[:, None]
    return ((steps == 0) | (steps == 1)).all(axis=0) & (np.ptp(steps, axis=0) == 0)


def first_row(where: np.ndarray) -> int:
    """The first row that ``where`` marks, counted from 1."""
    return int(np.argmax(where)) + 1


def _numeric(column: pd.Series) -> Float[np.ndarray, " N"]:
    """The column as float64; NaN for cells that are no numbers."""
    try:
        return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):  # lists, structures
        return np.full(len(column), np.nan)


def _check_size(values: np.ndarray, where: str) -> None:
    values = values[~np.isnan(values)]
    far = ~(np.abs(values) <= LARGEST)
    if far.any():
        raise DataError(
            f"{where} is infinite, or beyond ±{LARGEST:g}, in row {first_row(far)}; correct it or "
            "drop the row"
        )
    spread = np.ptp(values) if len(values) else 0
    if 0 < spread < SMALLEST_SPREAD:
        raise DataError(
            f"{where} varies by {spread:.2g} only, too little for single precision; "
            "give it in a smaller unit"
        )


def _check_distinct(column: pd.Series, values: np.ndarray, where: str) -> None:
    """Raise DataError if integers beyond 2**53 that differ become equal in float64."""
    if column.dtype.kind in "iu" and np.nanmax(np.abs(values), initial=0) > 2.0**53:
        kept, given = len(np.unique(values)), column.nunique()
        if kept < given:
            raise DataError(
                f"{where} has {given} different numbers, of which double precision keeps {kept}; "
                "subtract the smallest, or take a larger unit"
            )
