"""Foreign queries, of none of a task's classes, and how well a score detects them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.errors import DataError
from fewqubit.tasks.task import Episode


class Detection(NamedTuple):
    """How well a score separates own queries, of a task's classes, from foreign ones.

    threshold:     a query with a lower score counts as foreign
    recall:        share of own queries at the threshold or above
    auroc:         probability that an own query scores higher than a foreign one; ties count half
    false_alarms:  share of foreign queries at the threshold or above
    """

    threshold: float
    recall: float
    auroc: float
    false_alarms: float


def foreign_rows(
    episodes: Episode,
    y: Int[np.ndarray, " N"],
    class_ids: Sequence[int],
    n: int,
    random: np.random.Generator,
) -> Int[np.ndarray, "E n"]:
    """``n`` rows for each episode, from the ``class_ids`` that are not in the episode.

    Raises DataError: an episode has all of the classes.
    """
    asked = np.asarray(episodes.class_ids)
    if any(np.isin(class_ids, present).all() for present in asked):
        raise DataError(
            f"none_of_these: expected more than {asked.shape[1]} validation classes, so that some "
            f"are foreign to a task, got {len({*class_ids})}; hold back more, or lower n_way"
        )
    rows = np.flatnonzero(np.isin(y, np.asarray(class_ids)))
    return np.stack([random.choice(rows[~np.isin(y[rows], present)], n) for present in asked])


def choose_threshold(
    own: Float[np.ndarray, " n"], foreign: Float[np.ndarray, " m"], recall: float
) -> Detection:
    """The threshold that keeps ``recall`` of the own queries, with its figures."""
    threshold = float(np.quantile(own, 1 - recall, method="lower"))
    return Detection(threshold, *at_threshold(own, foreign, threshold))


def at_threshold(
    own: Float[np.ndarray, " n"], foreign: Float[np.ndarray, " m"], threshold: float
) -> tuple[float, float, float]:
    """Recall, AUROC and false alarms at a given threshold.

    AUROC by ranks: (Σ ranks of own − n (n + 1)/2) / (n m), the Mann-Whitney statistic.
    """
    ordered = np.sort(foreign)
    below = np.searchsorted(ordered, own, "left") + np.searchsorted(ordered, own, "right")
    auroc = float(below.mean() / (2 * len(foreign)))
    return float((own >= threshold).mean()), auroc, float((foreign >= threshold).mean())
