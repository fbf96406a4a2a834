"""Cells of a table as numbers, and numbers as cells again."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from fewqubit.data.columns import first_row, numbers
from fewqubit.data.labels import label_text, quoted
from fewqubit.data.mixed.schema import Column, Schema
from fewqubit.errors import DataError

UNKNOWN = -1.0  # the code of a category that the schema does not have
DAY = 86_400_000_000  # microseconds
YES_NO = (("no", "yes"), ("false", "true"), ("n", "y"), ("f", "t"))


def coded(frame: pd.DataFrame, schema: Schema, where: object) -> Float[np.ndarray, "N d"]:
    """Raw rows [N, d] of a table that has the columns of ``schema``.

    Raises DataError: a cell is not of the kind of its column.
    """
    filled = with_gaps(frame[schema.names], schema.missing)
    return np.stack([codes(filled[one.name], one, where) for one in schema.columns], axis=1)


def codes(column: pd.Series, about: Column, where: object) -> Float[np.ndarray, " N"]:
    """The numbers of one column, NaN where a cell has no value. Raises DataError as ``coded``."""
    return _CODES[about.kind](column, about, where)


def cells(values: Float[np.ndarray, " d"], schema: Schema) -> list[object]:
    """A raw row as cells of a table: numbers, categories and dates as text, empty for NaN."""
    return [_cell(value, one) for value, one in zip(values.tolist(), schema.columns, strict=True)]


def unseen(frame: pd.DataFrame, schema: Schema) -> list[str]:
    """A line for each column with categories that ``schema`` does not have."""
    lines = []
    for about in schema.columns:
        if about.kind == "category":
            texts = cell_texts(with_gaps(frame[[about.name]], schema.missing)[about.name])
            strange = (texts != "") & ~np.isin(texts, about.levels)
            if strange.any():
                lines.append(
                    f"column {quoted(about.name)}: {quoted(texts[strange][0])} in row "
                    f"{first_row(strange)} ({strange.sum()} such rows) was not in training and "
                    "counts as none of the known categories"
                )
    return lines


def with_gaps(frame: pd.DataFrame, missing: Sequence[str]) -> pd.DataFrame:
    """``frame``, with cells set to missing if their text is in ``missing``."""
    return frame.mask(frame.isin(missing)) if missing else frame


def cell_texts(column: pd.Series) -> np.ndarray:
    """Each cell as text [N], trimmed like labels; empty if missing.

    Raises TypeError: cells are lists or structures.
    """
    places, values = pd.factorize(column, use_na_sentinel=True)
    texts = np.array([*map(label_text, values), ""], dtype=object)
    return texts[places]  # a missing one has place −1


def days(column: pd.Series) -> Float[np.ndarray, " N"]:
    """Days since 1970, UTC, of dates, or of texts like 2020-12-31 or 2020-12-31T23:59; else NaN."""
    if column.dtype.kind != "M":
        column = pd.Series(cell_texts(column), column.index, dtype=object)
        column = column.where(column != "", None)
    dates = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    steps = dates.astype("datetime64[us, UTC]").astype(np.int64).to_numpy()
    return np.where(dates.isna(), np.nan, steps / DAY)


def _number(column: pd.Series, _: Column, where: object) -> Float[np.ndarray, " N"]:
    return numbers(column, where, gaps=True)


def _category(column: pd.Series, about: Column, _: object) -> Float[np.ndarray, " N"]:
    place = {level: float(number) for number, level in enumerate(about.levels)} | {"": np.nan}
    return np.array([place.get(text, UNKNOWN) for text in cell_texts(column)])


def _yes_no(column: pd.Series, about: Column, where: object) -> Float[np.ndarray, " N"]:
    texts = np.array([text.lower() for text in cell_texts(column)], dtype=object)
    known = {word: float(place) for pair in YES_NO for place, word in enumerate(pair)}
    known |= {"": np.nan, "0": 0.0, "1": 1.0}
    known |= {level.lower(): float(place) for place, level in enumerate(about.levels)}
    return _all_of(texts, known, f"{about.levels[0]} or {about.levels[1]}", about, where)


def _all_of(
    texts: np.ndarray, known: dict[str, float], expected: str, about: Column, where: object
) -> Float[np.ndarray, " N"]:
    strange = np.array([text not in known for text in texts], bool)
    if strange.any():
        row = first_row(strange)
        raise DataError(
            f"{where}: column {quoted(about.name)}, row {row}: expected {expected}, got "
            f"{quoted(texts[row - 1])}; correct it, or leave it empty"
        )
    return np.array([known[text] for text in texts])


def _date(column: pd.Series, about: Column, where: object) -> Float[np.ndarray, " N"]:
    values = days(column)
    strange = np.isnan(values) & ~(column.isna() | (cell_texts(column) == "")).to_numpy()
    if strange.any():
        row = first_row(strange)
        raise DataError(
            f"{where}: column {quoted(about.name)}, row {row}: expected a date like 2020-12-31 or "
            f"2020-12-31T23:59:00, got {quoted(column.iloc[row - 1])}; write all of them so"
        )
    return values


_CODES: dict[str, Callable[[pd.Series, Column, object], Float[np.ndarray, " N"]]] = {
    "number": _number,
    "category": _category,
    "yes_no": _yes_no,
    "date": _date,
}


def _cell(value: float, about: Column) -> object:
    if np.isnan(value):
        return ""
    if about.kind == "date":
        return pd.Timestamp(round(value * DAY / 1000), unit="ms").isoformat()
    return value if about.kind == "number" else about.levels[int(value)]


def levels_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The different texts, sorted, without the empty one."""
    return tuple(sorted(set(texts) - {""}))
