"""Draw episodes at random: classes, then rows of each class, both without replacement."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, PRNGKeyArray

from fewqubit.errors import DataError
from fewqubit.tasks.task import Episode


class ClassIndex(NamedTuple):
    """The rows of each class of a split, as one padded table that jit and vmap can take.

    class_ids:  the C classes of the split, as indices into the data set's names
    rows:       row numbers of each class, padded with −1 to the largest class
    counts:     how many of them are real
    groups:     number of each class's group, if a task's classes come from one; else None
    """

    class_ids: Int[Array, " C"]
    rows: Int[Array, "C R"]
    counts: Int[Array, " C"]
    groups: Int[Array, " C"] | None = None


def class_index(
    y: Int[np.ndarray, " N"], class_ids: Sequence[int], groups: Sequence[str] | None = None
) -> ClassIndex:
    """Index the rows of ``y`` that belong to ``class_ids``.

    ``groups`` names the group of each class of the data set, where tasks stay within one.

    Raises DataError for an empty class.
    """
    rows = [np.flatnonzero(np.asarray(y) == class_id) for class_id in class_ids]
    counts = np.array([len(row) for row in rows], dtype=np.int32)
    if not len(counts) or counts.min() == 0:
        empty = [class_id for class_id, count in zip(class_ids, counts, strict=True) if not count]
        raise DataError(f"expected classes with examples, but there are none of class {empty}")
    table = np.full((len(rows), counts.max()), -1, dtype=np.int32)
    for place, row in zip(table, rows, strict=True):
        place[: len(row)] = row
    numbers = None
    if groups is not None:
        numbers = jnp.asarray(np.unique([groups[i] for i in class_ids], return_inverse=True)[1])
    return ClassIndex(
        jnp.asarray(class_ids, jnp.int32), jnp.asarray(table), jnp.asarray(counts), numbers
    )


def sample_task(
    key: PRNGKeyArray, index: ClassIndex, n_way: int, n_shot: int, n_query: int
) -> Episode:
    """One n_way-way n_shot-shot episode, uniform over classes and over the rows of each class.

    Where the index has groups, one is drawn (with the chance of any of its classes), then classes
    of it. Pure; jit with static numbers, vmap over keys. Every class of ``index`` must have at
    least n_shot + n_query rows (``check_enough`` raises DataError before any tracing).
    """
    key_classes, key_rows = jax.random.split(key)
    luck = jax.random.uniform(key_classes, index.counts.shape)
    if index.groups is not None:
        luck = jnp.where(index.groups == index.groups[jnp.argmin(luck)], luck, jnp.inf)
    chosen = _smallest(luck, n_way)
    rows, counts = index.rows[chosen], index.counts[chosen]
    draws = jax.random.uniform(key_rows, rows.shape)
    real = jnp.arange(rows.shape[1]) < counts[:, None]
    places = _smallest(jnp.where(real, draws, jnp.inf), n_shot + n_query)
    drawn = jnp.take_along_axis(rows, places, axis=1)
    support, query = drawn[:, :n_shot], drawn[:, n_shot:]
    return Episode(index.class_ids[chosen], support.reshape(-1), query.reshape(-1))


def check_enough(
    index: ClassIndex, n_way: int, n_rows: int, names: Sequence[str], where: str
) -> None:
    """Raise DataError, naming ``where``, if n_way classes of ``n_rows`` rows cannot be drawn."""
    class_ids, counts = np.asarray(index.class_ids), np.asarray(index.counts)
    n_classes = len(class_ids)
    if n_classes < n_way:
        raise DataError(
            f"{where}: a {n_way}-way task needs {n_way} classes, but there are {n_classes}: "
            f"{', '.join(names[i] for i in class_ids)}; "
            "lower episodes.n_way or put more classes here"
        )
    _check_groups(index, n_way, where)
    place = int(np.argmin(counts))
    if counts[place] < n_rows:
        raise DataError(
            f"{where}: a task needs n_shot + n_query = {n_rows} examples of each class, but "
            f"'{names[class_ids[place]]}' has {counts[place]}; "
            "lower episodes.n_shot or episodes.n_query, or leave the class out of the split's lists"
        )


def _check_groups(index: ClassIndex, n_way: int, where: str) -> None:
    if index.groups is not None and (least := np.bincount(index.groups).min()) < n_way:
        raise DataError(
            f"{where}: a {n_way}-way task within one group needs {n_way} classes in each, but one "
            f"has {least}; lower episodes.n_way, or set episodes.within_group to false"
        )


def _smallest(draws: Array, k: int) -> Int[Array, "*rows k"]:
    """Places of the k smallest draws along the last axis: k members of it without replacement."""
    return jax.lax.top_k(-draws, k)[1]
