"""Training tasks of one or several groups, in padded arrays, so that few programs are compiled."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from fewqubit.meta.streams.group import Group
from fewqubit.tasks import (
    ClassIndex,
    Episode,
    Inputs,
    Shape,
    Task,
    TrainingData,
    gather,
    sample_task,
)
from fewqubit.tasks.inputs import n_examples


class Tasks(NamedTuple):
    """The rows and classes that training tasks are drawn from: a pytree of padded arrays."""

    x: Inputs
    classes: ClassIndex

    def draw(self, key: PRNGKeyArray, shape: Shape, n_tasks: int) -> Task:
        """``n_tasks`` tasks from the classes, task axis first."""
        data = TrainingData(self.x, self.classes, _NO_EPISODES)
        return data.tasks(data.draw(key, shape, n_tasks))

    def one(self, key: PRNGKeyArray, shape: Shape) -> Task:
        """One task, without a task axis."""
        return gather(sample_task(key, self.classes, *shape), self.x)


_NO_EPISODES = Episode(*(jnp.zeros((0, 0), jnp.int32) for _ in Episode._fields))


def tasks_of(groups: Sequence[Group]) -> Tasks:
    """The training tasks of one or several groups; all classes of a task are of one group.

    Sizes are padded to powers of two, so that few groups need a new compilation. The tasks drawn
    depend only on the given groups.
    """
    starts = np.cumsum([0, *(n_examples(group.x) for group in groups)])
    most = _power(int(starts[-1]))
    x = jax.tree.map(lambda *parts: _padded(parts, most, 0), *(group.x for group in groups))
    sizes = [np.asarray(group.classes.rows).shape for group in groups]
    n, width = _power(sum(size[0] for size in sizes)), _power(max(size[1] for size in sizes))
    tables = [
        _table(group.classes, int(at), width) for group, at in zip(groups, starts, strict=False)
    ]
    numbers, made = [], 0
    for group in groups:
        origins = group.classes.groups
        origins = (
            np.zeros(len(group.classes.counts), int) if origins is None else np.asarray(origins)
        )
        numbers.append(origins + made)
        made += int(origins.max()) + 1
    index = ClassIndex(
        _padded([group.classes.class_ids for group in groups], n, 0),
        _padded([rows for rows, _ in tables], n, -1),
        _padded([group.classes.counts for group in groups], n, 0),
        _padded(numbers, n, -1),
        _padded([contents for _, contents in tables], n, -1),
    )
    return Tasks(x, index)


def _table(classes: ClassIndex, start: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers and contents of a group whose rows start at ``start``; padded with −1."""
    rows = np.asarray(classes.rows)
    contents = rows if classes.contents is None else np.asarray(classes.contents)
    pad = ((0, 0), (0, width - rows.shape[1]))
    first, second = (
        np.pad(np.where(part < 0, -1, part + start), pad, constant_values=-1)
        for part in (rows, contents)
    )
    return first, second


def _padded(parts: Sequence[Array | np.ndarray], n: int, value: int) -> Array:
    joined = np.concatenate([np.asarray(part) for part in parts])
    filled = np.full((n, *joined.shape[1:]), value, joined.dtype)
    filled[: len(joined)] = joined
    return jax.numpy.asarray(filled)


def _power(n: int) -> int:
    """The smallest power of two ≥ n, at least 8."""
    return 1 << max(3, (n - 1).bit_length())
