"""Supports of any size for the frozen episodes: the same queries, more or fewer labelled rows."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Int, PRNGKeyArray

from fewqubit.tasks import Episode


def nested_support(
    key: PRNGKeyArray, manifest: Episode, y: Int[np.ndarray, " N"], sizes: Sequence[int]
) -> Int[np.ndarray, "episodes n_way shots"]:
    """Rows of each class of each episode that may be labelled, in the order of their use.

    The manifest's own support comes first, then the other rows of the class in random order; rows
    that the episode asks about never. As many as every class of the manifest can give, at most
    the largest of ``sizes``: the first k of them are a k-shot support, and smaller supports lie
    within larger ones.
    """
    most, random = max(sizes), np.random.default_rng(np.asarray(jax.random.key_data(key)))
    n_episodes, n_way = manifest.class_ids.shape
    support = manifest.support_rows.reshape(n_episodes, n_way, -1)
    query = manifest.query_rows.reshape(n_episodes, n_way, -1)
    n_shot, taken = support.shape[-1], np.concatenate([support, query], axis=-1)
    fewest = np.bincount(y)[np.unique(manifest.class_ids)].min()
    more = max(min(most - n_shot, fewest - taken.shape[-1]), 0)
    rows = {class_id: np.flatnonzero(y == class_id) for class_id in np.unique(manifest.class_ids)}
    nested = np.empty((n_episodes, n_way, n_shot + more), np.int32)
    nested[..., :n_shot] = support
    for place in np.ndindex(n_episodes, n_way):
        free = np.setdiff1d(rows[manifest.class_ids[place]], taken[place], assume_unique=True)
        nested[place][n_shot:] = random.choice(free, more, replace=False)
    return nested


def shots(
    manifest: Episode, nested: Int[np.ndarray, "episodes n_way shots"], n_shot: int
) -> Episode:
    """The manifest's episodes with ``n_shot`` labelled rows for each class."""
    n_episodes = len(nested)
    return manifest._replace(support_rows=nested[..., :n_shot].reshape(n_episodes, -1))
