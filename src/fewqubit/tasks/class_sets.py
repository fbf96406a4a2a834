"""How many different tasks a set of classes allows, and folds of classes for model selection.

Settings chosen on few classes overfit these classes.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from math import comb
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.errors import DataError
from fewqubit.tasks.task import Episode


class ClassSets(NamedTuple):
    """Sets of classes in the episodes of one part.

    n_way:     classes in a set
    classes:   classes to draw from
    possible:  number of different sets; each within one group, if tasks stay within a group
    drawn:     number of different sets among the frozen episodes
    disjoint:  largest number of pairwise disjoint sets
    """

    n_way: int
    classes: int
    possible: int
    drawn: int
    disjoint: int


def class_sets(episodes: Episode, groups: Sequence[int | str]) -> ClassSets:
    """Count the sets of ``episodes``; ``groups`` has one entry for each class of the part.

    If all entries are equal, a task may have any classes; else only classes of one group.
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
    classes: Sequence[int],
    n_folds: int,
    n_way: int,
    key: PRNGKeyArray,
    kin: Sequence[str] | None = None,
) -> list[tuple[list[int], list[int]]]:
    """(train, validate) classes of each of ``n_folds``; every class validates once.

    For choosing settings on all meta-train classes, when the validation part is small. ``kin``
    names the original of each class; variants of the same original validate together.

    Raises DataError: a fold would have fewer than ``n_way`` classes to validate or to train on.
    """
    families: dict[int | str, list[int]] = {}
    for place, number in enumerate(classes):
        families.setdefault(number if kin is None else kin[place], []).append(number)
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    groups = list(families.values())
    order = [groups[place] for place in random.permutation(len(groups))]
    folds = [sorted(chain.from_iterable(order[start::n_folds])) for start in range(n_folds)]
    smallest, largest = min(map(len, folds)), max(map(len, folds))
    if n_folds < 2 or smallest < n_way or len(classes) - largest < n_way:
        variants = "" if kin is None else f" (variants of {len(groups)} that stay together)"
        raise DataError(
            f"{n_folds} folds of {len(classes)} meta-train classes{variants}: expected at least 2 "
            f"folds and {n_way} classes in each for {n_way}-way tasks; take fewer folds or a "
            "smaller n_way"
        )
    return [(sorted(set(classes) - set(fold)), fold) for fold in folds]
