"""A task, as row numbers (an episode) and as examples."""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, Int

from fewqubit.tasks.inputs import Inputs, rows_of


class Episode(NamedTuple):
    """A task by its row numbers; leading axes batch. Rows are class-major: class 0's, class 1's, …

    class_ids:     the class behind each label 0 … n_way−1, as index into the data set's names
    support_rows:  rows of the labelled examples, n_shot for each class
    query_rows:    rows to classify, n_query for each class, none of them in the support
    """

    class_ids: Int[Array, "*batch n_way"]
    support_rows: Int[Array, "*batch n_way*n_shot"]
    query_rows: Int[Array, "*batch n_way*n_query"]


class Task(NamedTuple):
    """A small classification problem, class-major, or regression problem; leading axes batch.

    support_x:  labelled examples, [..., n_way·n_shot, *feature], or a pytree of such arrays
    support_y:  their labels, 0 … n_way−1; for regression, numbers [..., n_shot, n_outputs]
    query_x:    examples to predict, [..., n_way·n_query, *feature], or a pytree of such arrays
    query_y:    their true labels or numbers
    """

    support_x: Inputs
    support_y: Int[Array, "*batch n_way*n_shot"] | Float[Array, "*batch n_shot n_outputs"]
    query_x: Inputs
    query_y: Int[Array, "*batch n_way*n_query"] | Float[Array, "*batch n_query n_outputs"]


def gather(episode: Episode, x: Inputs, targets: Float[Array, "N n_outputs"] | None = None) -> Task:
    """The task of the episode's rows of ``x``; a batch of episodes gives a batch of tasks.

    ``targets``: numbers of the rows; the task is then a regression.
    """
    n_way = episode.class_ids.shape[-1]
    support, query = episode.support_rows, episode.query_rows
    if targets is None:
        labels = labels_of(support, n_way), labels_of(query, n_way)
    else:
        labels = targets[support], targets[query]
    return Task(rows_of(x, support), labels[0], rows_of(x, query), labels[1])


def labels_of(rows: Int[Array, "*batch rows"], n_way: int) -> Int[Array, "*batch rows"]:
    """0 … 0, 1 … 1, …: one label per row, class-major."""
    each = rows.shape[-1] // n_way
    of_one = np.repeat(np.arange(n_way, dtype=np.int32), each)  # NumPy: nothing to compile
    return jax.device_put(np.broadcast_to(of_one, rows.shape))
