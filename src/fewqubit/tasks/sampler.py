"""Draw episodes at random: classes, then rows of each class, both without replacement."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.data.labels import joined, quoted
from fewqubit.errors import DataError
from fewqubit.tasks.inputs import Inputs
from fewqubit.tasks.shape import Shape
from fewqubit.tasks.task import Episode, Task, gather


class ClassIndex(NamedTuple):
    """The rows of each class of a split, as one padded table for jit and vmap.

    class_ids:  the C classes of the split, as indices into the data set's names
    rows:       row numbers of each class, padded with −1 to the largest class
    counts:     number of real rows of each class
    groups:     group number of each class, if tasks stay within one group; else None
    contents:   for each row the first row equal to it, padded with −1; None if all rows differ, or
                if equal rows may be in both support and query
    always:     place of a class that every task contains; None: there is no such class
    """

    class_ids: Int[Array, " C"]
    rows: Int[Array, "C R"]
    counts: Int[Array, " C"]
    groups: Int[Array, " C"] | None = None
    contents: Int[Array, "C R"] | None = None
    always: Int[Array, ""] | None = None


def class_index(
    y: Int[np.ndarray, " N"],
    class_ids: Sequence[int],
    groups: Sequence[str] | None = None,
    equal_rows: Sequence[Sequence[int]] = (),
    always: int | None = None,
) -> ClassIndex:
    """Index the rows of ``y`` that belong to ``class_ids``.

    ``groups`` names the group of each class of the data set, if tasks stay within one group.
    ``equal_rows`` lists sets of equal rows; a task uses such a set only in the support or only in
    the query. ``always`` is a class that every task contains.

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
    ids, places, sizes = jax.device_put((np.asarray(class_ids, np.int32), table, counts))
    return ClassIndex(
        ids,
        places,
        sizes,
        numbers,
        _contents(table, len(y), equal_rows),
        None if always is None else jnp.asarray([*class_ids].index(always)),
    )


def _contents(
    table: Int[np.ndarray, "C R"], n_rows: int, equal_rows: Sequence[Sequence[int]]
) -> Int[Array, "C R"] | None:
    if not equal_rows:
        return None
    first = np.arange(n_rows + 1, dtype=np.int32)
    first[-1] = -1  # the padding
    for rows in equal_rows:
        first[list(rows)] = rows[0]
    return jnp.asarray(first[table])


def sample_task(
    key: PRNGKeyArray, index: ClassIndex, n_way: int, n_shot: int, n_query: int
) -> Episode:
    """One n_way-way n_shot-shot episode, uniform over classes and over the rows of each class.

    If the index has groups, one is drawn with probability proportional to its number of classes,
    then classes of it. A class in ``always`` is included, under a random label. If the index has
    contents, no query row is equal to a support row of its class. Pure; jit with static numbers,
    vmap over keys.

    Every class of ``index`` needs at least n_shot + n_query rows. With repeated queries n_shot + 1
    suffice: the rows that are not in the support repeat in turn until there are n_query.
    ``check_enough`` raises DataError before any tracing.
    """
    key_classes, key_rows = jax.random.split(key)
    luck = jax.random.uniform(key_classes, index.counts.shape)
    luck = jnp.where(index.counts > 0, luck, jnp.inf)
    if index.groups is not None:
        luck = jnp.where(index.groups == index.groups[jnp.argmin(luck)], luck, jnp.inf)
    if index.always is not None:
        luck = luck.at[index.always].set(-1.0)
    chosen = _smallest(luck, n_way)
    if index.always is not None:  # its label is random
        chosen = jax.random.permutation(stream(key, "order"), chosen)
    rows, counts = index.rows[chosen], index.counts[chosen]
    draws = jax.random.uniform(key_rows, rows.shape)
    real = jnp.arange(rows.shape[1]) < counts[:, None]
    contents = None if index.contents is None else index.contents[chosen]
    places = _places(jnp.where(real, draws, jnp.inf), contents, n_shot, n_query)
    support, query = (jnp.take_along_axis(rows, place, axis=1) for place in places)
    return Episode(index.class_ids[chosen], support.reshape(-1), query.reshape(-1))


def check_enough(
    index: ClassIndex,
    n_way: int,
    n_shot: int,
    n_query: int,
    names: Sequence[str],
    where: str,
    section: str = "episodes",
    repeat: bool = False,
) -> None:
    """Raise DataError, naming ``where``, if such tasks cannot be drawn from ``index``.

    ``section``: the section of the settings, for the message; ``repeat``: query rows may repeat.
    """
    n_query = 1 if repeat else n_query
    class_ids, counts = np.asarray(index.class_ids), np.asarray(index.counts)
    n_classes = len(class_ids)
    if n_classes < n_way:
        raise DataError(
            f"{where}: a {n_way}-way task needs {n_way} classes, but there are {n_classes}: "
            f"{joined(names[i] for i in class_ids)}; "
            f"lower {section}.n_way or put more classes here"
        )
    _check_groups(index, n_way, where, section)
    asked = counts - _shown_at_most(index, n_shot)
    place = int(np.argmin(asked))
    if asked[place] < n_query:
        copies = counts[place] - asked[place] - n_shot
        alike = f", {copies} of which may be equal to a support row" if copies else ""
        raise DataError(
            f"{where}: a task needs n_shot + n_query = {n_shot + n_query} examples of each class, "
            f"but {quoted(names[class_ids[place]])} has {counts[place]}{alike}; "
            f"lower {section}.n_shot or {section}.n_query, or leave the class out of the split's "
            "lists, or set episodes.repeat_queries"
            + (", or set duplicates to allow" if copies else "")
        )


def _shown_at_most(index: ClassIndex, n_shot: int) -> Int[np.ndarray, " C"]:
    """For each class, the most rows that n_shot of its rows can equal, themselves included."""
    if index.contents is None:
        return np.full(len(index.counts), n_shot)
    largest = []
    for row in np.asarray(index.contents):
        sizes = np.unique(row[row >= 0], return_counts=True)[1]
        largest.append(np.sort(sizes)[::-1][:n_shot].sum())
    return np.array(largest)


def _check_groups(index: ClassIndex, n_way: int, where: str, section: str) -> None:
    if index.groups is not None and (least := np.bincount(index.groups).min()) < n_way:
        raise DataError(
            f"{where}: a {n_way}-way task within one group needs {n_way} classes in each, but one "
            f"has {least}; lower {section}.n_way, or set episodes.within_group to false"
        )


def _places(
    draws: Array, contents: Array | None, n_shot: int, n_query: int
) -> tuple[Int[Array, "n_way s"], Int[Array, "n_way q"]]:
    """Places of the support, then of the query: the smallest draws of each class.

    If fewer than n_query are left, they repeat in the same order.
    """
    most = draws.shape[-1]
    if contents is None:
        places = _smallest(draws, min(n_shot + n_query, most))
        left = jnp.isfinite(draws).sum(axis=-1) - n_shot
        return places[:, :n_shot], _in_turn(places[:, n_shot:], left, n_query)
    support = _smallest(draws, n_shot)
    held = jnp.take_along_axis(contents, support, axis=1)
    shown = (contents[:, :, None] == held[:, None, :]).any(axis=-1)
    draws = jnp.where(shown, jnp.inf, draws)
    places, left = _smallest(draws, min(n_query, most)), jnp.isfinite(draws).sum(axis=-1)
    return support, _in_turn(places, left, n_query)


def _in_turn(
    places: Int[Array, "n_way k"], left: Int[Array, " n_way"], n: int
) -> Int[Array, "n_way n"]:
    """The first ``left`` places of each row, repeated until there are n."""
    turn = jnp.arange(n) % jnp.clip(left, 1, places.shape[1])[:, None]
    return jnp.take_along_axis(places, turn, axis=1)


def _smallest(draws: Array, k: int) -> Int[Array, "*rows k"]:
    """Places of the k smallest draws along the last axis: k members of it without replacement."""
    return jax.lax.top_k(-draws, k)[1]


class Source(Protocol):
    """Source of training tasks: a pytree that draws them, such as ``tasks.Sinusoids``."""

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Any:
        """``n_tasks`` tasks in compact form, task axis first; ``tasks`` adds their examples."""

    def tasks(self, drawn: Any) -> Task:
        """The drawn tasks with their examples."""


class TrainingData(NamedTuple):
    """Data for meta-training: examples, meta-train classes and validation episodes.

    ``every``: meta-train and validation classes together, for a final training on all of them;
    ``targets``: numbers of the examples, for regression
    """

    x: Inputs
    classes: ClassIndex
    validation: Episode
    every: ClassIndex | None = None
    targets: Float[Array, "N n_outputs"] | None = None

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Episode:
        """Episodes of the classes."""
        draw = jax.vmap(lambda k: sample_task(k, self.classes, *shape))
        return draw(jax.random.split(key, n_tasks))

    def tasks(self, drawn: Episode) -> Task:
        """The episodes with their examples."""
        return gather(drawn, self.x, self.targets)
