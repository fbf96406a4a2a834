"""Check the labels that users give to a classifier, in any form; values are kept."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int
from numpy.typing import ArrayLike

from fewqubit.data.columns import first_row
from fewqubit.data.labels import check_labels, label_text, quoted
from fewqubit.errors import DataError

LABELS = (str, bool, int, float, bytes)  # plain types; a whole number among floats is one
UNFIT = (complex, tuple, list, set, dict)


def given_labels(y: ArrayLike, n_rows: int) -> tuple[np.ndarray, Int[np.ndarray, " n"]]:
    """The classes, sorted, with their original values; and the class of each row.

    Raises DataError: not one label for each row, a missing one, labels of several types, one class
    in two spellings, fewer than two classes.
    """
    values = _label_array(y)
    if values.shape != (n_rows,):
        hint = (
            "; of one-hot rows take argmax(axis=1), of a column ravel()" if values.ndim > 1 else ""
        )
        raise DataError(
            f"expected a label for each of {n_rows} rows, got an array {list(values.shape)}{hint}"
        )
    _check_each(values)
    try:
        classes, firsts, codes = np.unique(values, return_index=True, return_inverse=True)
    except TypeError:
        raise DataError(
            f"a label is a text, a number or a date, got {type(values[0]).__name__}"
        ) from None
    texts = [label_text(one) for one in classes.tolist()]
    check_labels(zip(texts, (firsts + 1).tolist(), strict=True), "y")
    if len(classes) < 2:
        raise DataError(
            f"a support needs two classes or more, got {classes.tolist()}, no more than one class; "
            "add labelled examples of another"
        )
    return classes, codes.astype(np.int32)


def _label_array(y: Any) -> np.ndarray:
    if y is None:
        raise DataError("requires y to be passed, but the target y is None: label each row")
    if isinstance(y, str | bytes):
        raise DataError(f"expected a label for each row, got {y!r}")
    try:
        return _unmasked(y) if np.ma.isMaskedArray(y) else _as_given(y)
    except (ValueError, OverflowError) as error:
        raise DataError(f"expected a label for each row, but y is no array: {error}") from None


def _unmasked(y: Any) -> np.ndarray:
    """The labels without a mask; masked ones become missing."""
    values = np.ma.getdata(y).astype(object)
    values[np.ma.getmaskarray(y)] = None
    return values


def _as_given(y: Any) -> np.ndarray:
    """An array of the labels; a list keeps the types of its members, which numpy would convert."""
    values = np.asarray(y)
    if isinstance(y, list | tuple) and values.ndim == 1 and values.dtype.kind != "M":
        kinds = {_kind(value) for value in y}
        exact = kinds in ({str}, {bytes}, {int}, {float}, {bool}, {int, float})
        return values if exact and values.tolist() == list(y) else _objects(y)
    return values


def _objects(y: Sequence[object]) -> np.ndarray:
    values = np.empty(len(y), dtype=object)
    values[:] = y
    return values


def _check_each(values: np.ndarray) -> None:
    """Raise DataError unless no label is missing and all have the type of the first."""
    empty = pd.isna(values) | np.array([label_text(value) == "" for value in values.tolist()], bool)
    if empty.any():
        raise DataError(
            f"row {first_row(empty)} has no label in y ({empty.sum()} such rows); fill it or drop "
            "the row"
        )
    if values.dtype.kind in "cV":
        raise DataError(f"a label is a text, a number or a date, got {values.dtype}")
    if values.dtype == object and len(values):
        kinds = [_kind(value) for value in values]
        other = next((row for row, kind in enumerate(kinds) if kind is not kinds[0]), None)
        if other is not None:
            raise DataError(
                f"labels must be of one type, but row 1 has {quoted(values[0])} "
                f"({kinds[0].__name__}) and row {other + 1} has {quoted(values[other])} "
                f"({kinds[other].__name__}); make all of them text"
            )
        if issubclass(kinds[0], UNFIT):
            raise DataError(f"a label is a text, a number or a date, got {kinds[0].__name__}")


def _kind(value: object) -> type:
    """The plain type of a label: numpy's text is text."""
    plain = value.item() if isinstance(value, np.generic) else value
    return next((kind for kind in LABELS if isinstance(plain, kind)), type(plain))
