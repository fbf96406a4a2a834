"""Checks of a caller's rows, with the errors that scikit-learn expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from jaxtyping import Float, PRNGKeyArray
from numpy.typing import ArrayLike
from pydantic import ValidationError

from fewqubit.base.keys import root_key
from fewqubit.base.reading import one_line
from fewqubit.config import AnyLearner, section_of
from fewqubit.data import Transform
from fewqubit.data.embeddings.answer import as_in_training
from fewqubit.data.features import column_names
from fewqubit.data.given.rows import given_rows
from fewqubit.data.pictures import vectors as pictures
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta.registry import LEARNERS
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.own import OwnLearner


class InputError(DataError, ValueError, TypeError):
    """Rows or labels have a wrong value or type, in scikit-learn's terms."""


@contextmanager
def asked() -> Iterator[None]:
    """Turn a DataError of the block into an InputError: scikit-learn's tools catch ValueErrors."""
    try:
        yield
    except DataError as error:
        if isinstance(error, ValueError):
            raise
        raise InputError(str(error)) from error.__cause__


def rows_as_in_training(X: ArrayLike, transform: Transform) -> Float[np.ndarray, "q ..."]:
    """Raw rows [q, *raw]; of texts, their vectors.

    Raises DataError, also where scikit-learn has words of its own for it.
    """
    width = len(column_names(transform.columns, transform.raw_shape))
    if transform.embedding is not None and transform.pictures is not None:
        if pictures.are_pictures(X):
            levels = given_rows(
                X, Transform(transform.pictures.shape, False, pictures=transform.pictures)
            )
            X = pictures.as_in_training(levels, transform.embedding, width)
    elif transform.embedding is not None:
        X = as_in_training(X, transform.embedding, width)
    came = width_of(X)
    if came not in (None, width):
        raise DataError(
            f"X has {came} features, but FewShotClassifier is expecting {width} features as input: "
            f"expected rows of {width} numbers, as in training"
        )
    return given_rows(X, transform)


def width_of(X: Any) -> int | None:
    """The number of columns of a plain array; None if columns have names, or it is no table."""
    if hasattr(X, "columns") or getattr(X, "ndim", 0) != 2 or hasattr(X, "toarray"):
        return None
    return int(X.shape[1])


def key_of(random_state: object) -> PRNGKeyArray:
    """The root of all random streams. Raises SettingsError: ``random_state`` is no seed."""
    is_integer = isinstance(random_state, int | np.integer) and not isinstance(random_state, bool)
    if not is_integer or random_state < 0:  # type: ignore[operator]
        raise SettingsError(
            f"random_state: expected a whole number of 0 or more, got {random_state!r}"
        )
    return root_key(int(random_state))  # type: ignore[call-overload]


def with_seeds(learner: object, seeds: int) -> AnyLearner:
    """The section of ``learner`` with this number of seeds. Raises SettingsError: it is none."""
    try:
        return section_of(learner, seeds)
    except ValidationError as error:
        raise SettingsError(one_line(error)) from None


def value_of(section: AnyLearner) -> Learner:
    """The learner that a section describes, without what the pipeline adds."""
    value = LEARNERS.get(section.kind, OwnLearner)
    return value(**{name: getattr(section, name) for name in value.model_fields})
