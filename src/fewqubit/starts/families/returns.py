"""Asset returns from a CSV file: one column per asset, one row per day."""

from functools import cache

import numpy as np
import pandas as pd
from jaxtyping import Float

from fewqubit.errors import DataError

FEWEST = 20  # days, for a meaningful covariance


@cache
def read_returns(path: str) -> Float[np.ndarray, "days assets"]:
    """Every numeric column; a first column of dates or other text is left out.

    Raises DataError: the file is missing, a field is missing or not a number, or there are too few
    days or assets.
    """
    try:
        table = pd.read_csv(path)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: expected a CSV file of returns: {error}") from None
    assets = table.iloc[:, 1:] if not _numbers(table.iloc[:, 0]) else table
    for name in assets.columns:
        values = pd.to_numeric(assets[name], errors="coerce")
        if not np.isfinite(values).all():
            row = int(np.flatnonzero(~np.isfinite(values))[0])
            raise DataError(
                f"{path}, line {row + 2}, column {name!r}: expected a return such as 0.012, got "
                f"{assets[name].iloc[row]!r}; fill it in or leave the day out"
            )
    if len(assets) < FEWEST or assets.shape[1] < 2:
        raise DataError(
            f"{path}: expected {FEWEST} days of 2 assets at least, got {len(assets)} days of "
            f"{assets.shape[1]}"
        )
    return assets.to_numpy(np.float64)


def _numbers(column: pd.Series) -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().any())
