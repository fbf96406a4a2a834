"""Any CSV or Parquet file with one column of labels; everything else in it must be numbers."""

from pathlib import Path

import numpy as np
import pandas as pd

from fewqubit.config import ClassLists, Table
from fewqubit.data.frame import first_row, numbers, read_frame
from fewqubit.data.raw import RawData
from fewqubit.errors import DataError


def read_table(settings: Table) -> RawData:
    """Rows of a table: label column to classes (as text, sorted), all other columns to features.

    Rows are counted from 1, the header apart. Raises DataError, with file, row or column and the
    remedy: unreadable file, no such label, duplicate columns, text among the features, missing or
    infinite values, a class with a single example.
    """
    path = Path(settings.path)
    frame = read_frame(path, settings.label)
    if settings.group is not None and settings.group not in frame:
        raise DataError(f"{path}: no group column '{settings.group}'; correct the group")
    labels = _labels(frame[settings.label], path)
    features = frame.drop(columns=[name for name in (settings.label, settings.group) if name])
    x = np.stack([numbers(features[name], path) for name in features.columns], axis=1)
    names, y = np.unique(labels, return_inverse=True)
    _no_loners(y, names.tolist(), settings, path)
    groups = names.tolist() if settings.group is None else _groups(frame, y, settings, path)
    return RawData(x, y.astype(np.int32), names.tolist(), groups, list(features.columns))


def _groups(frame: pd.DataFrame, y: np.ndarray, settings: Table, path: Path) -> list[str]:
    """The group of each class. Raises DataError if a class is in two, or a row in none."""
    labels = _labels(frame[settings.group], path)
    groups = []
    for number in range(y.max() + 1):
        rows = np.flatnonzero(y == number)
        found = np.unique(labels[rows])
        if len(found) > 1:
            name = frame[settings.label].iloc[rows[0]]
            raise DataError(
                f"{path}: class '{name}' is in groups '{found[0]}' and '{found[1]}' of column "
                f"'{settings.group}'; a class belongs to one: make one label for each group of it"
            )
        groups.append(str(found[0]))
    return groups


def _labels(column: pd.Series, path: Path) -> np.ndarray:
    """Labels as text, whatever they were. Raises DataError at the first empty one."""
    texts = np.char.strip(column.astype(str).to_numpy(dtype=str))
    empty = column.isna().to_numpy() | (texts == "")
    if empty.any():
        raise DataError(
            f"{path}: row {first_row(empty)} has no label in column '{column.name}' "
            f"({empty.sum()} such rows); fill it or drop the row"
        )
    return texts


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
