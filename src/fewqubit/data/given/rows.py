"""Check the rows that users give to a classifier, in any form, and order their columns.

Columns of a table with names are matched by name; those of an array or a table without names by
position. Messages count rows from 1.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from numpy.typing import ArrayLike

from fewqubit.data.columns import numbers
from fewqubit.data.features import Transform, column_names
from fewqubit.data.files.frame import check_columns
from fewqubit.data.labels import quoted
from fewqubit.data.mixed.codes import coded, unseen
from fewqubit.data.mixed.kinds import is_plain, schema_of
from fewqubit.data.mixed.schema import Schema
from fewqubit.data.pictures.decode import PICTURE, decode_all, picture_of
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.raw import LARGEST, as_float
from fewqubit.errors import DataError

RESHAPE = (
    ". Reshape your data: X.reshape(-1, 1) if it has one feature, X.reshape(1, -1) if it is one row"
)
SHOWN = 4  # columns that a message names


class UnseenWarning(UserWarning):
    """Rows have a category that training did not have."""


def given_rows(X: ArrayLike, transform: Transform) -> Float[np.ndarray, "q ..."]:
    """Raw rows [q, *raw]; flat rows, as in tables of pixels, are reshaped to the raw shape.

    Bytes are levels of 1/255 if the model was trained on images, and numbers otherwise. Raises
    DataError: other columns or another width than in training, no row, text, complex or missing
    numbers.
    """
    if transform.encoding is not None:
        return given_cells(X, transform.encoding.schema)
    shape = transform.raw_shape
    names = column_names(transform.columns, shape)
    frame = _frame(X)
    if frame is not None and frame.empty:
        raise DataError("expected one row at least, got a table without any")
    if frame is not None and PICTURE in frame and transform.pictures is not None:
        return given_pictures(frame, transform.pictures)
    rows = _array(X) if frame is None else _by_name(frame, names)
    if rows.ndim < 2 or len(rows) == 0 or rows[0].size != len(names):
        raise DataError(
            f"expected rows of {len(names)} numbers, as in training, and one row at least; got an "
            f"array {list(rows.shape)}{RESHAPE if rows.ndim < 2 else ''}"
        )
    if rows.dtype == np.uint8 and len(shape) > 1:
        return rows.reshape(len(rows), *shape)
    rows = as_float(rows.astype(np.float64) if rows.dtype == np.uint8 else rows)
    far = ~(np.abs(rows.reshape(len(rows), -1)) <= LARGEST)
    if far.any():
        row, place = np.argwhere(far)[0].tolist()
        came = f"{rows.reshape(len(rows), -1)[row, place]:g}".replace("nan", "NaN")
        raise DataError(
            f"row {row + 1}, {quoted(names[place])}: expected a number within ±{LARGEST:g}, got "
            f"{came}; fill it or drop the row"
        )
    return rows.reshape(len(rows), *shape)


def given_pictures(frame: pd.DataFrame, how: Pictures) -> UInt8[np.ndarray, "q ..."]:
    """Rows of the column ``picture``: bytes of files, in base64 where they are text, or paths.

    A text is never taken for a path: a request to a server must not read its files. Raises
    DataError, with the name or number of the row: ``decode`` has the reasons.
    """
    if strange := [name for name in frame.columns if name != PICTURE]:
        raise DataError(f"expected the column '{PICTURE}' alone; {_listed('beside it', strange)}")
    wheres = [row if isinstance(row, str) else f"row {row + 1}" for row in frame.index.tolist()]
    cells = zip(frame[PICTURE].tolist(), wheres, strict=True)
    return decode_all([picture_of(cell, where) for cell, where in cells], wheres, how)


def given_cells(X: ArrayLike, schema: Schema) -> Float[np.ndarray, "q d"]:
    """Coded raw rows of a table with the columns of ``schema``.

    Columns are matched by name; dropped ones may be missing. An array has the kept columns, in
    their order. Raises DataError like ``given_rows``, or for a cell of another kind. Warns of
    categories that training did not have.
    """
    frame = _frame(X)
    if frame is None:
        values = X.to_numpy() if isinstance(X, pd.DataFrame) else np.asarray(X, dtype=object)
        if values.ndim != 2 or values.shape[1] != len(schema.names):
            raise DataError(_no_cells(values.shape, len(schema.names)))
        frame = pd.DataFrame(values, columns=schema.names).infer_objects()
    if frame.empty:
        raise DataError("expected one row at least, got a table without any")
    dropped = [one.name for one in schema.dropped]
    frame = _of_training(frame.drop(columns=dropped, errors="ignore"), schema.names)
    rows = coded(frame, schema, "X")
    for line in unseen(frame, schema):
        warnings.warn(line, UnseenWarning, stacklevel=2)
    return rows


def given_schema(X: ArrayLike) -> Schema | None:
    """What the columns of a table with names hold; None if all of them are numbers without gaps."""
    frame = _frame(X)
    if frame is None or frame.empty:
        return None
    check_columns(frame.columns.tolist(), "X")
    schema = schema_of(frame, {}, "X")
    return None if is_plain(schema, frame) else schema


def shape_of(X: ArrayLike) -> tuple[tuple[int, ...], list[str] | None]:
    """Shape of one row of ``X``, and the names of its columns if it has any.

    Raises DataError: no rows of numbers; a table of which only some columns have names.
    """
    frame = _frame(X)
    if frame is None:
        rows = _array(X)
        if rows.ndim < 2 or rows.size == 0:
            raise DataError(_no_table(rows.shape))
        return rows.shape[1:], None
    columns = frame.columns.tolist()
    strange = [name for name in columns if not isinstance(name, str)]
    if strange:
        raise DataError(f"expected columns named by text, got {quoted(strange[0])}; rename it")
    return (len(columns),), columns


def _frame(X: Any) -> pd.DataFrame | None:
    """A table with column names as a data frame; None for anything without names."""
    if isinstance(X, np.ndarray) and X.dtype.names:
        return pd.DataFrame(X)
    if not isinstance(X, pd.DataFrame) and not isinstance(X, pd.Series):
        X = X.to_pandas() if hasattr(X, "to_pandas") else X
    if not isinstance(X, pd.DataFrame) or list(X.columns) == list(range(X.shape[1])):
        return None
    return X


def _by_name(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """The columns ``names`` of ``frame`` as numbers, in their order."""
    chosen = _of_training(frame, names)
    if all(kind == np.uint8 for kind in chosen.dtypes):
        return chosen.to_numpy()
    chosen = chosen.infer_objects()
    return np.stack([numbers(chosen[name], "X") for name in names], axis=1)


def _of_training(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The columns ``names`` of ``frame``, which has no others, in their order."""
    columns = frame.columns.tolist()
    known, wanted = set(columns), set(names)
    if len(known) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise DataError(f"more than one column is called {quoted(twice)}; rename or drop one")
    missing = [name for name in names if name not in known]
    strange = [name for name in columns if name not in wanted]
    if missing or strange:
        raise DataError(
            f"expected the columns of training, in any order; {_listed('missing', missing)}"
            f"{'; ' if missing and strange else ''}{_listed('not of training', strange)}; rename "
            "or drop them, or give an array, which is taken by position"
        )
    return frame[list(names)]


def _no_cells(shape: tuple[int, ...], width: int) -> str:
    return (
        f"expected a table with the columns of training, or rows of {width} cells in their order; "
        f"got an array {list(shape)}"
    )


def _no_table(shape: tuple[int, ...]) -> str:
    """Why an array is no table of examples, in words that scikit-learn's users know."""
    if len(shape) < 2:
        return f"expected rows of numbers, got an array {list(shape)}{RESHAPE}"
    kind = "sample" if shape[0] == 0 else "feature"
    return f"found array with 0 {kind}(s) (shape={shape}) while a minimum of 1 is required."


def _listed(what: str, names: Sequence[object]) -> str:
    shown = ", ".join(quoted(name) for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{what}: {shown}{more}" if names else ""


def _array(X: Any) -> np.ndarray:
    """Numbers of any real type; raises DataError for text, complex numbers and what is no array."""
    if hasattr(X, "toarray"):
        raise DataError("expected a dense array of rows, got a sparse one; use X.toarray()")
    try:
        rows = _filled(X) if np.ma.isMaskedArray(X) else np.asarray(X)
        if rows.dtype == object and rows.ndim > 1:
            rows = _numbers_of(rows)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"expected rows of numbers, got {type(X).__name__}: {reason}") from None
    if rows.dtype.kind not in "fiub":
        came = f"expected rows of numbers, got {rows.dtype} {list(rows.shape)}"
        if rows.dtype.kind == "c":
            raise DataError(
                f"Complex data not supported: {came}; give real and imaginary parts as features"
            )
        raise DataError(f"{came} from {type(X).__name__}")
    return rows


def _numbers_of(rows: np.ndarray) -> np.ndarray:
    """Python objects as float64, missing ones as NaN; ValueError if one is text or complex."""
    for place in np.ndindex(rows.shape):
        if isinstance(rows[place], str | bytes | complex) and not isinstance(rows[place], float):
            raise ValueError(f"row {place[0] + 1} has {quoted(rows[place])}")
    return np.where(pd.isna(rows), np.nan, rows).astype(np.float64)


def _filled(masked: Any) -> np.ndarray:
    """What is masked is missing."""
    return np.ma.filled(masked.astype(np.float64), np.nan)
