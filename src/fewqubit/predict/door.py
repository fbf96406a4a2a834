"""Where rows of a caller's come in: what scikit-learn expects to hear of those that do not fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from fewqubit.data import Transform
from fewqubit.data.features import column_names
from fewqubit.data.given import given_rows
from fewqubit.errors import DataError


class InputError(DataError, ValueError, TypeError):
    """Rows or labels are not what they should be, in value or in type, as scikit-learn puts it."""


@contextmanager
def asked() -> Iterator[None]:
    """A DataError leaves the block as an InputError: scikit-learn's tools catch ValueErrors."""
    try:
        yield
    except DataError as error:
        if isinstance(error, ValueError):
            raise
        raise InputError(str(error)) from error.__cause__


def rows_as_in_training(X: ArrayLike, transform: Transform) -> Float[np.ndarray, "q ..."]:
    """Raw rows [q, *raw]. Raises DataError, also where scikit-learn has words of its own for it."""
    width, came = len(column_names(transform.columns, transform.raw_shape)), width_of(X)
    if came not in (None, width):
        raise DataError(
            f"X has {came} features, but FewShotClassifier is expecting {width} features as input: "
            f"expected rows of {width} numbers, as in training"
        )
    return given_rows(X, transform)


def width_of(X: Any) -> int | None:
    """Columns of a plain array; None for what has names, or is no table."""
    if hasattr(X, "columns") or getattr(X, "ndim", 0) != 2 or hasattr(X, "toarray"):
        return None
    return int(X.shape[1])
