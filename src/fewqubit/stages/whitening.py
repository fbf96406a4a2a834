"""Choice of a data set's whitening among those in its settings, by validation accuracy."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from fewqubit.config import Features
from fewqubit.evaluate.baselines.prototypes import cosine
from fewqubit.tasks import Episode, Task, gather

AT_ONCE = 100  # episodes
# (settings, rows) -> features of these rows, by a transform fitted on meta-train rows
Featured = Callable[[Features, np.ndarray], np.ndarray]


class Chosen(NamedTuple):
    """One whitening, and a record of the choice.

    features:  settings with a single number for ``whiten`` and for ``between``
    summary:   these numbers and their validation accuracy; None if there was no choice
    """

    features: Features
    summary: dict[str, Any] | None


def whitening(features: Features, featured: Featured, validation: Episode) -> Chosen:
    """The pair of ``whiten`` and ``between`` with the best accuracy on ``validation``.

    Candidates are all pairs from the lists in ``features``; of equals the first wins. The score is
    the accuracy of the nearest class mean by cosine, so the choice depends on no learner and no
    arm. It uses all directions, even if ``pca`` keeps only some.
    """
    pairs = [*candidates(features)]
    if len(pairs) < 2:
        return Chosen(pairs[0], None)
    rows, episodes = _of_their_own(validation)
    # leading axes cost the most
    without_pca = [one.model_copy(update={"pca": None}) for one in pairs]
    scores = [score(featured(one, rows), episodes) for one in without_pca]
    best = int(np.argmax(scores))
    one = pairs[best]
    summary = {"whiten": one.whiten, "between": one.between, "validation_accuracy": scores[best]}
    return Chosen(one, summary)


def candidates(features: Features) -> Iterator[Features]:
    """Every pair of one ``whiten`` and one ``between``."""
    for shrinkage in _list(features.whiten):
        for between in _list(features.between):
            yield features.model_copy(update={"whiten": shrinkage, "between": between})


def score(x: np.ndarray, episodes: Episode) -> float:
    """Share of queries whose nearest class mean, by cosine, is that of their own class."""
    right = []
    for start in range(0, len(episodes.class_ids), AT_ONCE):
        some = Episode(*(np.asarray(part)[start : start + AT_ONCE] for part in episodes))
        tasks = Task(*map(np.asarray, gather(some, x)))
        right.append(cosine(tasks).argmax(axis=-1) == tasks.query_y)
    return float(np.concatenate(right).mean())


def _of_their_own(episodes: Episode) -> tuple[np.ndarray, Episode]:
    """The rows that the episodes use, and the episodes renumbered to index into these rows."""
    parts = [np.asarray(part) for part in (episodes.support_rows, episodes.query_rows)]
    rows = np.unique(np.concatenate([part.ravel() for part in parts]))
    support, query = (np.searchsorted(rows, part) for part in parts)
    return rows, Episode(np.asarray(episodes.class_ids), support, query)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
