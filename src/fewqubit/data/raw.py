"""What every source returns: raw rows, their classes, and how the classes belong together."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.errors import DataError

LEVELS = np.float32(255)


class RawData(NamedTuple):
    """A data set before splitting and scaling.

    x:        rows [N, *raw], float32; or uint8 levels of 1/255, a quarter of the size
    y:        class of each row, an index into ``names``
    names:    one for each class
    groups:   for each class, what it was made from (a digit, a character); no group crosses splits
    columns:  names of the features of a table, None for images
    """

    x: np.ndarray
    y: Int[np.ndarray, " N"]
    names: list[str]
    groups: list[str]
    columns: list[str] | None = None


def as_float(x: np.ndarray) -> Float[np.ndarray, "..."]:
    """float32 rows; uint8 stands for levels of 1/255, exactly as a stored image means them."""
    rows = np.asarray(x, dtype=np.float32)
    if x.dtype == np.uint8:
        rows /= LEVELS  # in place: these can be the largest arrays of a run
    return rows


def checked(raw: RawData, where: str) -> RawData:
    """``raw`` if it is consistent. Raises DataError naming ``where``: a user's source may err."""
    if not isinstance(raw, RawData):
        raise DataError(f"{where} must return a fewqubit.data.RawData, got {type(raw).__name__}")
    x, y = np.asarray(raw.x), np.asarray(raw.y)
    if x.ndim < 2 or len(x) == 0 or not (x.dtype == np.uint8 or x.dtype.kind in "fib"):
        raise DataError(f"{where}: x must be numbers [N, ...], got {x.dtype} {list(x.shape)}")
    if y.shape != (len(x),) or y.dtype.kind not in "iu":
        raise DataError(f"{where}: y must be {len(x)} integers, got {y.dtype} {list(y.shape)}")
    n_classes = len(raw.names)
    if len(set(raw.names)) != n_classes or len(raw.groups) != n_classes:
        raise DataError(f"{where}: names must be unique, with one group for each class")
    if set(np.unique(y).tolist()) != set(range(n_classes)):
        raise DataError(f"{where}: y must use each of 0 … {n_classes - 1}, one for each class name")
    x = x if x.dtype == np.uint8 else x.astype(np.float32)
    if not np.isfinite(x).all():
        row = int(np.argwhere(~np.isfinite(x))[0][0])
        raise DataError(f"{where}: x must be finite, but row {row} is not; fill or drop it")
    return raw._replace(x=x, y=y.astype(np.int32))
