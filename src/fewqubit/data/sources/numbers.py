"""Tables whose groups are tasks of numbers: shops with prices, patients with doses.

A class is then a group. A task has rows of one group, and asks for the number of each row.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from fewqubit.data.columns import first_row
from fewqubit.data.labels import quoted
from fewqubit.data.mixed.codes import coded
from fewqubit.data.mixed.kinds import schema_of
from fewqubit.data.settings import Table
from fewqubit.errors import DataError, SettingsError


def numbers_of(frame: pd.DataFrame, settings: Table) -> Float[np.ndarray, " N"]:
    """The number of each row. Raises DataError, with the row: it is missing, or not a number."""
    path, name = Path(settings.path), settings.label
    if name not in frame:
        raise SettingsError(f"{path}: label names {quoted(name)}, which is no column of it")
    only = frame[[name]]
    numbers = coded(only, schema_of(only, {name: "number"}, path, settings.missing), path)[:, 0]
    empty = ~np.isfinite(numbers)
    if empty.any():
        raise DataError(
            f"{path}: row {first_row(empty)} has no number in column {quoted(name)} "
            f"({empty.sum()} such rows); fill it or drop the row"
        )
    return numbers
