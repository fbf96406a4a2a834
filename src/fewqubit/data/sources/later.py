"""A further table whose columns are those of one that was read before."""

from pathlib import Path

import numpy as np

from fewqubit.data.columns import first_row
from fewqubit.data.labels import quoted
from fewqubit.data.mixed.schema import Column, Schema
from fewqubit.data.raw import RawData, checked
from fewqubit.data.settings import Table
from fewqubit.data.sources.table import read_table
from fewqubit.errors import DataError


def read_later(settings: Table, first: RawData) -> RawData:
    """The rows of a table, its columns found by name and read as those of ``first`` were.

    Raises DataError: what ``read_table`` raises; a column is missing, new or of another kind; a gap
    where the first table had none at all.
    """
    plain = Schema(tuple(Column(name, "number") for name in first.columns or ()))
    raw = read_table(settings, first.schema or plain)
    if first.schema is None:
        _check_gaps(raw, Path(settings.path))
    return checked(raw._replace(schema=first.schema), settings.path)


def _check_gaps(raw: RawData, path: Path) -> None:
    gaps = np.isnan(raw.x)
    if gaps.any():
        column = int(np.argmax(gaps.any(axis=0)))
        raise DataError(
            f"{path}: column {quoted((raw.columns or [])[column])} has no value in row "
            f"{first_row(gaps[:, column])}, and the first table has none empty; fill it or drop it"
        )
