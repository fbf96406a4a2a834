"""Raise an error at the first NaN or infinity, with its place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from fewqubit.errors import NumbersError


def first_not_finite(values: ArrayLike) -> tuple[int, ...] | None:
    """The index of the first NaN or infinity in ``values``; None if there is none."""
    array = np.asarray(values)
    if array.dtype.kind not in "fc":
        return None
    wrong = ~np.isfinite(array)
    if not wrong.any():
        return None
    return tuple(int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))


def check_finite(values: ArrayLike, where: str, axes: Sequence[str], remedy: str) -> None:
    """Raise NumbersError at the first NaN or infinity of ``values``.

    The message begins with ``where``, gives the place along the named leading ``axes``, such as
    ``seed`` and ``episode``, and ends with ``remedy``.
    """
    place = first_not_finite(values)
    if place is None:
        return
    at = ", ".join(f"{axis} {number}" for axis, number in zip(axes, place, strict=False))
    value = np.asarray(values)[place]
    raise NumbersError(f"{where}: expected numbers, got {value} at {at or 'once'}; {remedy}")
