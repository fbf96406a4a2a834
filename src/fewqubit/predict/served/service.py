"""The models of a server: one that learns from a request, and those that have learned, by name."""

import os
from collections.abc import Callable, Sequence
from threading import BoundedSemaphore, Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from fewqubit.config.names import check_name
from fewqubit.errors import DataError, FewqubitError


class Classifier(Protocol):
    """What has adapted to a task."""

    classes_: np.ndarray

    def answer(self, X: Any) -> tuple[np.ndarray, np.ndarray]: ...


Adapt = Callable[[Any, Any], Classifier]  # (rows, labels) -> a classifier


class Limits(NamedTuple):
    """What a server takes, so that its memory is bounded.

    rows, queries:  of a request;  classes: of a task
    models:         that are kept by name
    body:           bytes of a request
    waiting:        requests at a time; more are told to come again
    """

    rows: int = 1024
    queries: int = 4096
    classes: int = 300
    models: int = 256
    body: int = 16_000_000
    waiting: int = 256


class Answers(NamedTuple):
    """The likeliest class of each row, and a probability for each of ``classes``, as they came.

    A label is None where the row is of none of the classes.
    """

    classes: list[object]
    labels: list[object]
    probabilities: list[list[float]]


class UnknownModelError(FewqubitError):
    """There is no adapted model of this name."""


class TooManyError(FewqubitError):
    """No room for one more adapted model."""


class Service:
    """Adapts and answers, at most as many requests at a time as there are cores.

    adapt:   (rows, labels) -> a classifier
    limits:  what is taken
    """

    def __init__(self, adapt: Adapt, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._adapt = adapt
        self._models: dict[str, Classifier] = {}
        self._lock, self._at_work = Lock(), BoundedSemaphore(os.cpu_count() or 1)

    def answer(self, rows: Any, labels: Sequence[object], queries: Any) -> Answers:
        """Adapt to labelled rows and answer others. Raises DataError: what is wrong with them."""
        self._check(queries, self.limits.queries, "queries")
        return self._ask(self._adapted(rows, labels), queries)

    def learn(self, name: str, rows: Any, labels: Sequence[object]) -> list[object]:
        """Adapt to labelled rows and keep the model as ``name``, in place of an older one.

        Its classes. Raises DataError; TooManyError: so many are kept already.
        """
        try:
            check_name(name)
        except ValueError as error:
            raise DataError(f"name: {error}") from None
        model = self._adapted(rows, labels)
        with self._lock:
            if name not in self._models and len(self._models) >= self.limits.models:
                raise TooManyError(
                    f"expected at most {self.limits.models} adapted models, got one more; delete "
                    "one that is not asked any more"
                )
            self._models[name] = model
        return list(model.classes_.tolist())

    def ask(self, name: str, queries: Any) -> Answers:
        """The answers of an adapted model. Raises UnknownModelError, DataError."""
        self._check(queries, self.limits.queries, "queries")
        return self._ask(self._known(name), queries)

    def forget(self, name: str) -> None:
        """Drop an adapted model. Raises UnknownModelError."""
        self._known(name)
        with self._lock:
            self._models.pop(name, None)

    def known(self) -> dict[str, list[object]]:
        """The adapted models and their classes."""
        with self._lock:
            models = dict(self._models)
        return {name: list(model.classes_.tolist()) for name, model in sorted(models.items())}

    def _known(self, name: str) -> Classifier:
        with self._lock:
            model = self._models.get(name)
        if model is None:
            raise UnknownModelError(
                f"expected the name of an adapted model, got '{name:.80}'; PUT its labelled rows"
            )
        return model

    def _adapted(self, rows: Any, labels: Sequence[object]) -> Classifier:
        self._check(rows, self.limits.rows, "rows")
        if (n := len(set(labels))) > self.limits.classes:
            raise DataError(f"expected at most {self.limits.classes} classes, got {n}")
        with self._at_work:
            return self._adapt(_table(rows), labels)

    def _ask(self, model: Classifier, queries: Any) -> Answers:
        with self._at_work:
            shares, known = model.answer(_table(queries))
        likeliest = model.classes_[shares.argmax(axis=1)].tolist()
        labels = [one if sure else None for one, sure in zip(likeliest, known, strict=True)]
        return Answers(model.classes_.tolist(), labels, shares.tolist())

    def _check(self, rows: Sequence[object], most: int, what: str) -> None:
        if not 0 < len(rows) <= most:
            raise DataError(f"{what}: expected 1 to {most}, got {len(rows)}")


def _table(rows: Sequence[Any]) -> Any:
    """Rows of named cells as a table, rows of numbers as an array."""
    if isinstance(rows[0], dict):
        if not all(isinstance(row, dict) and row.keys() == rows[0].keys() for row in rows):
            raise DataError("expected the same columns in every row")
        return pd.DataFrame(list(rows))
    if any(isinstance(row, dict) for row in rows):
        raise DataError("expected rows of one form: all lists of numbers, or all with names")
    width = len(rows[0])
    other = next((n for n, row in enumerate(rows) if len(row) != width), None)
    if other is not None:
        came = len(rows[other])
        raise DataError(f"row {other + 1}: expected {width} numbers as in row 1, got {came}")
    return np.asarray(rows, np.float64)
