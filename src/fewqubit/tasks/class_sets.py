"""How many different tasks a part of the classes can ask, and folds of classes to choose by.

Settings that were chosen on a few classes are chosen for these classes.
"""

from collections import Counter
from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.errors import DataError
from fewqubit.tasks.task import Episode


class ClassSets(NamedTuple):
    """Sets of classes that episodes of one part ask about.

    n_way:     classes of a set
    classes:   how many there are to draw from
    possible:  different sets; within one group each, where tasks stay within one
    drawn:     different sets among the frozen episodes
    disjoint:  how many sets can have no class in common
    """

    n_way: int
    classes: int
    possible: int
    drawn: int
    disjoint: int


def class_sets(episodes: Episode, groups: Sequence[int | str]) -> ClassSets:
    """Count the sets of ``episodes``; ``groups`` has one entry for each class of the part.

    All entries equal: any classes may meet in a task; else only those of one group.
    """
    sets = np.sort(np.asarray(episodes.class_ids), axis=1)
    n_way, sizes = sets.shape[1], Counter(groups).values()
    return ClassSets(
        n_way,
        len(groups),
        sum(comb(size, n_way) for size in sizes),
        len(np.unique(sets, axis=0)),
        sum(size // n_way for size in sizes),
    )


def class_folds(
    classes: Sequence[int], n_folds: int, n_way: int, key: PRNGKeyArray
) -> list[tuple[list[int], list[int]]]:
    """(train, validate) of each of ``n_folds``: every class validates once.

    For choosing settings on the meta-train classes, all of them, where a validation part is small.
    Raises DataError: a fold would have fewer than ``n_way`` classes to ask about, or to train on.
    """
    smallest = len(classes) // n_folds if n_folds > 1 else 0
    if smallest < n_way or len(classes) - smallest - (len(classes) % n_folds > 0) < n_way:
        raise DataError(
            f"{n_folds} folds of {len(classes)} meta-train classes: expected at least 2 folds, and "
            f"{n_way} classes in each for {n_way}-way tasks; take fewer folds or a smaller n_way"
        )
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    order = random.permutation(np.asarray(classes))
    folds = [np.sort(order[start::n_folds]).tolist() for start in range(n_folds)]
    return [(sorted(set(classes) - set(fold)), fold) for fold in folds]
