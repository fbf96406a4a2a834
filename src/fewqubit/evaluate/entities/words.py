"""The words of sentences, and a fixed number of words for each class."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from fewqubit.data.raw import Sentences

OUTSIDERS = 8  # words of O in a support for each word of a type


def words_of(
    sentences: Sentences, n_rows: int, lists: Sequence[Int[np.ndarray, " n"]]
) -> list[Int[np.ndarray, " words"]]:
    """For each list of sentences, the rows of their words."""
    ends = np.append(sentences.starts[1:], n_rows)
    return [np.concatenate([np.arange(sentences.starts[n], ends[n]) for n in one]) for one in lists]


def evened(
    rows: Int[np.ndarray, " words"],
    class_ids: Int[np.ndarray, " n_way"],
    each: int | Sequence[int],
    y: Int[np.ndarray, " N"],
) -> list[Int[np.ndarray, " each"]]:
    """``each`` of the rows for every class; words of no type of the task are O.

    If a class has too few rows, they repeat in turn; if too many, evenly spaced ones are taken.
    All tasks then have one size, so a learner is compiled once.
    """
    sizes = [each] * len(class_ids) if isinstance(each, int) else each
    kinds, outside = y[rows], int(class_ids.max())  # O has the highest class id
    kinds = np.where(np.isin(kinds, class_ids), kinds, outside)
    found = []
    for one, wanted in zip(class_ids.tolist(), sizes, strict=True):
        known = np.flatnonzero(kinds == one)
        places = np.arange(wanted) % len(known)
        if len(known) > wanted:
            places = np.arange(wanted) * len(known) // wanted
        found.append(rows[known[places]])
    return found
