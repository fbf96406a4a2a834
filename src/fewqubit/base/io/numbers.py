"""Check numbers from callers and results for callers: NaN and infinity raise an error.

Public functions of circuits, kernels, networks and backends call ``real_numbers`` on their inputs
and ``check_results`` on their outputs, so that every NaN is reported with its row.
"""

from decimal import Decimal
from numbers import Real

import numpy as np
from jaxtyping import Float, Shaped

from fewqubit.errors import CircuitError, DataError


def real_numbers(values: object, name: str) -> Float[np.ndarray, "..."]:
    """``values``, an array, list or table, in double precision.

    Raises ``DataError``, naming the first entry of ``name`` that is missing, text, complex, NaN or
    infinite, and for rows of different lengths.
    """
    if np.ma.is_masked(values):
        raise DataError(f"{name} has masked entries; fill them in, or leave their rows out")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name}: expected rows of equally many numbers; {_line(error)}") from None
    found = _converted(array, name)
    if not np.isfinite(found).all():
        first = np.argwhere(~np.isfinite(found))[0]
        raise DataError(f"{_place(name, first)} is {found[tuple(first)]}, not a finite number")
    return found


def check_results(results: Shaped[np.ndarray, "N ..."], name: str, first_row: int = 0) -> None:
    """Raise ``CircuitError``, naming the row, if a result of finite inputs is not finite."""
    finite = np.isfinite(results).all(axis=tuple(range(1, results.ndim)))
    if not finite.all():
        row = first_row + int(np.argmin(finite))
        raise CircuitError(
            f"row {row}: {name} is not finite, since for these inputs and weights an angle of the "
            "circuit is not (the logarithm of a negative number, a division by 0)"
        )


def _converted(array: np.ndarray, name: str) -> Float[np.ndarray, "..."]:
    """``array`` in double precision, NaN and infinity included."""
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    converted = np.empty(array.shape)
    array = array.astype(object)
    for index in np.ndindex(array.shape):
        entry = array[index]
        if isinstance(entry, complex) and entry.imag == 0:
            entry = entry.real
        if not isinstance(entry, Real | Decimal):
            place, kind = _place(name, index), type(entry).__name__
            raise DataError(f"{place} is {_line(repr(entry))} ({kind}), not a real number")
        converted[index] = _as_float(entry)
    return converted


def _as_float(entry: Real | Decimal) -> float:
    try:
        return float(entry)
    except OverflowError:
        return float("inf")


def _place(name: str, index: "np.ndarray | tuple[int, ...]") -> str:
    """``x, row 1, column 0``."""
    words = ("entry",) if len(index) == 1 else ("row", "column")
    named = [f"{word} {int(number)}" for word, number in zip(words, index, strict=False)]
    return ", ".join([name, *named])


def _line(message: object) -> str:
    """``message`` in one line of bounded length."""
    words = " ".join(str(message).split())
    return words if len(words) <= 80 else f"{words[:79]}…"
