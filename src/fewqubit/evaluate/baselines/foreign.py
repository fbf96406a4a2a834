"""Detection of foreign queries by a plain baseline; its score is its largest logit."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from threadpoolctl import threadpool_limits

from fewqubit.evaluate.baselines.candidates import Candidate
from fewqubit.evaluate.baselines.tuned import chunks
from fewqubit.tasks import Episode
from fewqubit.tasks.foreign import at_threshold, choose_threshold, foreign_rows


@threadpool_limits.wrap(limits=1, user_api="blas")
def baseline_met(
    chosen: Candidate,
    x: Float[np.ndarray, "N d"],
    y: Int[np.ndarray, " N"],
    episodes: tuple[Episode, Episode],
    recall: float,
    out_of_scope: Sequence[int] = (),
) -> dict[str, float]:
    """Figures for metrics.json, as for a learner (``predict.foreign.met``), on the same rows.

    episodes:  validation episodes, on which the threshold is set to keep ``recall`` of the own
               queries; and test episodes, on which it is tested with queries of other test classes
               and of ``out_of_scope``

    Empty if no test class is foreign to a task.
    """
    validation, test = episodes
    asked = [np.unique(np.asarray(one.class_ids)).tolist() for one in episodes]
    if len(asked[1]) <= np.asarray(test.class_ids).shape[1]:
        return {}
    threshold = choose_threshold(*_scores(chosen, x, y, validation, asked[0]), recall).threshold
    figures: dict[str, float] = {}
    for what, classes in {"foreign": asked[1], "out_of_scope": [*out_of_scope]}.items():
        if classes:
            rates = at_threshold(*_scores(chosen, x, y, test, classes), threshold)
            figures["own_recall"], figures[f"{what}_auroc"] = rates[:2]
            figures[f"{what}_false_alarms"] = rates[2]
    return figures


def _scores(
    chosen: Candidate, x: np.ndarray, y: np.ndarray, episodes: Episode, classes: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Largest logits of the own queries of all episodes, and of equally many ``classes`` rows."""
    class_ids, support, query = (np.asarray(part) for part in episodes)
    foreign = foreign_rows(episodes, y, classes, query.shape[1], np.random.default_rng(0))
    used, places = np.unique(np.concatenate([support, query, foreign], 1), return_inverse=True)
    places = places.reshape(len(class_ids), -1)
    embedded = chosen.embed(x[used])
    ends = np.cumsum([support.shape[1], query.shape[1]])
    shown, own, others = np.split(places, ends, axis=1)
    return (
        _largest(chosen, embedded, Episode(class_ids, shown, own)),
        _largest(chosen, embedded, Episode(class_ids, shown, others)),
    )


def _largest(chosen: Candidate, embedded: np.ndarray, episodes: Episode) -> np.ndarray:
    logits = [chosen.classify(tasks) for tasks in chunks(embedded, episodes)]
    return np.concatenate([one.max(axis=-1).ravel() for one in logits])
