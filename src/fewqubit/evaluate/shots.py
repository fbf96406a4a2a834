"""Supports of other sizes for the frozen episodes, with the same queries."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Int, PRNGKeyArray

from fewqubit.data.duplicates import contents
from fewqubit.tasks import Episode, Inputs


def nested_support(
    key: PRNGKeyArray,
    manifest: Episode,
    x: Inputs,
    y: Int[np.ndarray, " N"],
    sizes: Sequence[int],
) -> Int[np.ndarray, "episodes n_way shots"]:
    """Support rows for each class of each episode, in the order of their use.

    The manifest's own support comes first, then the other rows of the class in random order. Query
    rows, and rows equal to one, are excluded. The first k rows are a k-shot support, so smaller
    supports are subsets of larger ones. The number of shots is the largest of ``sizes``, or less if
    a class of the manifest has fewer rows.
    """
    most, random = max(sizes), np.random.default_rng(np.asarray(jax.random.key_data(key)))
    n_episodes, n_way = manifest.class_ids.shape
    support = manifest.support_rows.reshape(n_episodes, n_way, -1)
    query = manifest.query_rows.reshape(n_episodes, n_way, -1)
    n_shot, taken = support.shape[-1], np.concatenate([support, query], axis=-1)
    rows = {class_id: np.flatnonzero(y == class_id) for class_id in np.unique(manifest.class_ids)}
    first, free = contents(x, y), {}
    for place in np.ndindex(n_episodes, n_way):
        others = np.setdiff1d(rows[manifest.class_ids[place]], taken[place])
        free[place] = others[~np.isin(first[others], first[query[place]])]
    more = max(min(most - n_shot, *map(len, free.values())), 0)
    nested = np.empty((n_episodes, n_way, n_shot + more), np.int32)
    nested[..., :n_shot] = support
    for place, others in free.items():
        nested[place][n_shot:] = random.choice(others, more, replace=False)
    return nested


def shots(
    manifest: Episode, nested: Int[np.ndarray, "episodes n_way shots"], n_shot: int
) -> Episode:
    """The manifest's episodes with ``n_shot`` labelled rows for each class."""
    n_episodes = len(nested)
    return manifest._replace(support_rows=nested[..., :n_shot].reshape(n_episodes, -1))
