"""Tables whose groups are the tasks: persons, shops, hospitals, each with the same labels.

A class is then a label within a group, ``anna/liked``. No split divides a group, and a task stays
within one. A label means the same in all groups, but learners do not know which class has which.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

from fewqubit.data.labels import joined
from fewqubit.data.settings import Table
from fewqubit.errors import DataError


class ByGroup(NamedTuple):
    """The classes of a table whose groups are tasks.

    kept:   rows of groups that are large enough for a task
    y:      class of each kept row
    notes:  which groups are left out
    """

    kept: Bool[np.ndarray, " N"]
    y: Int[np.ndarray, " n"]
    names: list[str]
    groups: list[str]
    notes: list[str]


def by_group(
    label: tuple[list[str], Int[np.ndarray, " N"]],
    group: tuple[list[str], Int[np.ndarray, " N"]],
    settings: Table,
) -> ByGroup:
    """Classes from ``label`` and ``group``; each holds names, and the code of every row.

    Labels with too few rows for a task are left out, then groups with too few labels. Raises
    DataError: no group is left.
    """
    (labels, label_of), (groups, group_of) = label, group
    pair = group_of.astype(np.int64) * len(labels) + label_of
    found, place, sizes = np.unique(pair, return_inverse=True, return_counts=True)
    asked = settings.episodes
    least = asked.n_shot + (1 if asked.repeat_queries else asked.n_query)
    enough = sizes >= least
    counts = Counter((found[enough] // len(labels)).tolist())
    good = enough & np.array([counts[one] >= asked.n_way for one in found // len(labels)])
    if not good.any():
        raise DataError(
            f"{settings.path}: expected groups with {asked.n_way} labels of {least} rows or more, "
            f"of column '{settings.group}' there are none; lower episodes.n_way, n_shot or "
            "n_query, or set episodes.repeat_queries"
        )
    kept = good[place]
    number = np.cumsum(good) - 1
    names = [f"{groups[one // len(labels)]}/{labels[one % len(labels)]}" for one in found[good]]
    owners = [groups[one // len(labels)] for one in found[good]]
    left = sorted(set(groups) - set(owners))
    notes = []
    if left or not kept.all():
        notes.append(
            f"{settings.path}: {(~kept).sum()} of {len(kept)} rows are of labels or groups that "
            f"cannot ask a task ({asked.n_way} labels of {least} rows or more) and left out"
            + (f", among them all of {len(left)} groups ({joined(left, 5)})" if left else "")
        )
    return ByGroup(kept, number[place[kept]].astype(np.int32), names, owners, notes)
