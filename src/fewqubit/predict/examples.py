"""Examples of many classes in memory: which classes teach, which validate, and their features."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray
from numpy.typing import ArrayLike

from fewqubit.base.keys import stream
from fewqubit.config import Episodes, Features
from fewqubit.data import RawData, Transform, apply_all, fit
from fewqubit.data.duplicates import find_repeats
from fewqubit.data.given.labels import given_labels
from fewqubit.data.given.rows import given_cells, given_rows, given_schema, shape_of
from fewqubit.data.labels import label_text, quoted
from fewqubit.data.mixed.schema import Schema
from fewqubit.errors import DataError
from fewqubit.predict.inputs import AnyTransform, checked_parts, has_parts, parts_of
from fewqubit.tasks import Inputs, TrainingData, class_index, draw_manifest, n_examples
from fewqubit.tasks.sampler import check_enough

OF_TEXTS = Features(whiten=3.0)  # docs/text.md has what it is worth
WHERE = "FewShotClassifier"  # whose arguments messages speak of


class Given(NamedTuple):
    """What meta-training learns from, and how rows become its features."""

    data: TrainingData
    transform: AnyTransform
    names: list[str]


def raw_data(X: ArrayLike, y: ArrayLike) -> tuple[RawData, np.ndarray]:
    """Checked raw rows with the class of each, and the labels of the classes as given.

    Raises DataError: rows that are no finite numbers, labels that are missing or of several types.
    """
    rows: Inputs
    columns: list[str] | None = None
    schema: Schema | None = None
    if has_parts(X):
        rows = checked_parts(X)
    else:
        rows, columns, schema = raw_rows(X)
    classes, codes = given_labels(y, n_examples(rows))
    names = [label_text(one) for one in classes.tolist()]
    return RawData(rows, codes, names, names, columns, schema=schema), classes


def raw_rows(X: ArrayLike) -> tuple[np.ndarray, list[str] | None, Schema | None]:
    """Checked raw rows [N, *raw], the names of their columns if they have any, and their schema."""
    shape, columns = shape_of(X)
    if columns is not None and (schema := given_schema(X)) is not None:
        return given_cells(X, schema), schema.names, schema
    return given_rows(X, Transform(shape, flatten=False, columns=columns)), columns, None


def features_of(raw_shape: Sequence[int]) -> Features:
    """The transform to features: columns of a table are put on one scale, images stay."""
    return Features(scale="standard" if len(raw_shape) == 1 else "none")


def examples(
    raw: RawData, held_back: Sequence[int], episodes: Episodes, key: PRNGKeyArray
) -> Given:
    """Features of ``raw``, whose classes ``held_back`` validate; with none, all of them do both.

    Scaling is fitted on the classes that teach. Equal rows of a class are on one side of a task.
    Raises DataError: classes too few, or of too few rows, for the tasks.
    """
    taught = [number for number in range(len(raw.names)) if number not in set(held_back)]
    equal_rows = find_repeats(raw).rows
    shape = episodes.n_way, episodes.n_shot, episodes.n_query
    teach = class_index(raw.y, taught, equal_rows=equal_rows)
    asked = class_index(raw.y, held_back or taught, equal_rows=equal_rows)
    check_enough(asked, *shape, raw.names, "validation classes", WHERE)
    check_enough(teach, *shape, raw.names, "classes to train on", WHERE)
    x, transform = _features(raw, taught)
    drawn = draw_manifest(stream(key, "validation"), asked, *shape, episodes.n_validation)
    every = class_index(raw.y, [*taught, *held_back], equal_rows=equal_rows)
    return Given(TrainingData(x, teach, drawn, every), transform, raw.names)


def _features(raw: RawData, taught: Sequence[int]) -> tuple[Inputs, AnyTransform]:
    if has_parts(raw.x):
        return jax.tree.map(jax.numpy.asarray, raw.x), parts_of(raw.x)
    taught_rows = raw.x[np.isin(raw.y, taught)]
    texts = raw.embedding is not None
    settings = OF_TEXTS if texts else features_of(raw.x.shape[1:])
    transform = fit(taught_rows, settings, raw.schema, raw.y[np.isin(raw.y, taught)])
    transform = transform._replace(columns=raw.columns)
    return jax.numpy.asarray(apply_all(transform, raw.x), np.float32), transform


def hold_back(
    validation: float | Sequence[object], labels: np.ndarray, n_way: int, key: PRNGKeyArray
) -> list[int]:
    """Numbers of the classes that validate: a share of them, drawn at random, or those listed.

    A share gives at least ``n_way`` classes, unless it is 0. Raises DataError: too few classes are
    left to teach, a listed class is not there, or it is neither a share nor a list.
    """
    n = len(labels)
    if isinstance(validation, int | float) and not isinstance(validation, bool):
        if not 0 <= validation < 1:
            raise DataError(f"validation: expected a share of 0 or more, below 1, got {validation}")
        held = max(round(validation * n), n_way) if validation else 0
        order = np.asarray(jax.random.permutation(stream(key, "classes"), n))
        chosen = sorted(order[:held].tolist())
    else:
        chosen = _listed(validation, labels.tolist())
    if n - len(chosen) < n_way:
        raise DataError(
            f"{n_way}-way tasks need {n_way} classes to train on and {n_way} to validate, but "
            f"there are {n}; lower n_way, bring more classes, or validate on those of training "
            "(validation=0)"
        )
    return chosen


def _listed(validation: object, labels: list[object]) -> list[int]:
    if isinstance(validation, str) or not isinstance(validation, Sequence | np.ndarray):
        raise DataError(f"validation: expected a share or a list of classes, got {validation!r}")
    unknown = [one for one in validation if one not in labels]
    if unknown:
        raise DataError(f"validation: y has no class {quoted(unknown[0])}")
    return sorted({labels.index(one) for one in validation})
