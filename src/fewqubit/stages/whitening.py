"""Choice of a data set's whitening among those in its settings, by validation accuracy."""

from collections.abc import Callable, Iterator
from itertools import product
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

    features:  settings with a single number each for ``whiten``, ``between`` and ``contrast``
    summary:   these numbers and their validation accuracy; None if there was no choice
    """

    features: Features
    summary: dict[str, Any] | None


def whitening(features: Features, featured: Featured, validation: Episode) -> Chosen:
    """``whiten``, ``between`` and ``contrast`` with the best accuracy on ``validation``.

    Candidates are all triples from the lists in ``features``; of equals the first wins. The score
    is the accuracy of the nearest class mean by cosine, so the choice depends on no learner and
    no arm. It uses all directions, even if ``pca`` keeps only some.
    """
    triples = [*candidates(features)]
    if len(triples) < 2:
        return Chosen(triples[0], None)
    rows, episodes = _of_their_own(validation)
    # leading axes cost the most
    without_pca = [one.model_copy(update={"pca": None}) for one in triples]
    scores = [score(featured(one, rows), episodes) for one in without_pca]
    best = int(np.argmax(scores))
    one = triples[best]
    numbers = {"whiten": one.whiten, "between": one.between, "contrast": one.contrast}
    return Chosen(one, numbers | {"validation_accuracy": scores[best]})


def candidates(features: Features) -> Iterator[Features]:
    """Every triple of one ``whiten``, one ``between`` and one ``contrast``."""
    names = ("whiten", "between", "contrast")
    for triple in product(*(_list(getattr(features, name)) for name in names)):
        yield features.model_copy(update=dict(zip(names, triple, strict=True)))


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
