"""None of these: the threshold below which a query belongs to none of the task's classes.

A query's score is its largest logit: how near it is to the nearest class. (Probabilities would not
do: they sum to 1, however far away a query is.)
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fewqubit.errors import SettingsError
from fewqubit.meta.learner import MetaLearner
from fewqubit.models.network import Params
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, TrainingData, gather
from fewqubit.tasks.foreign import Detection, at_threshold, choose_threshold, foreign_rows

AT_ONCE = 20  # episodes


def thresholds(
    learner: MetaLearner,
    runs: Sequence[Params],
    data: TrainingData,
    y: np.ndarray,
    recall: float,
) -> list[dict[str, float]]:
    """The threshold of each training run, and what it does (``tasks.foreign.Detection``).

    ``y`` are the classes of all rows. Raises SettingsError: ``recall`` is no share; DataError: no
    validation class is foreign to a task.
    """
    if not 0 < recall <= 1:
        raise SettingsError(f"none_of_these: expected a share above 0, up to 1, got {recall}")
    return [calibrated(learner, run, data, y, recall)._asdict() for run in runs]


def met(
    trained: Trained,
    x: Any,
    y: np.ndarray,
    episodes: Episode,
    out_of_scope: Sequence[int] = (),
) -> dict[str, float]:
    """What the thresholds of a trained learner do in test episodes, means over its seeds.

    Each episode meets as many foreign queries as it has own ones: of other test classes
    (``foreign_…``), and of the classes ``out_of_scope``, if there are any (``out_of_scope_…``).
    Nothing for a learner without thresholds, or where no test class is foreign to a task.
    """
    calibrations = trained.card.get("none_of_these")
    asked = np.unique(np.asarray(episodes.class_ids)).tolist()
    kinds = {"foreign": asked, "out_of_scope": [*out_of_scope]}
    if calibrations is None or len(asked) <= np.asarray(episodes.class_ids).shape[1]:
        return {}
    figures: dict[str, float] = {}
    for what, classes in kinds.items():
        if not classes:
            continue
        rows = _rows_of(episodes, y, classes)
        each = []
        for seed, row in enumerate(calibrations):
            own, others = scores(trained.learner, trained.of_seed(seed), x, episodes, rows)
            each.append(at_threshold(own.ravel(), others.ravel(), row["threshold"]))
        recall, auroc, alarms = np.mean(each, axis=0).tolist()
        figures |= {"own_recall": recall}
        figures |= {f"{what}_auroc": auroc, f"{what}_false_alarms": alarms}
    return figures


def _rows_of(episodes: Episode, y: np.ndarray, classes: Sequence[int]) -> np.ndarray:
    """As many foreign rows for each episode as it has queries; the same for every arm and seed."""
    n_queries = np.asarray(episodes.query_rows).shape[1]
    return foreign_rows(episodes, y, classes, n_queries, np.random.default_rng(0))


def calibrated(
    learner: MetaLearner, params: Params, data: TrainingData, y: np.ndarray, recall: float
) -> Detection:
    """The threshold of one training run, on its validation episodes and as many foreign queries."""
    episodes = data.validation
    asked = np.unique(np.asarray(episodes.class_ids))
    foreign = _rows_of(episodes, y, asked.tolist())
    own, others = scores(learner, params, data.x, episodes, foreign)
    return choose_threshold(own.ravel(), others.ravel(), recall)


def scores(
    learner: MetaLearner, params: Params, x: Any, episodes: Episode, foreign: np.ndarray
) -> tuple[Float[np.ndarray, "E q"], Float[np.ndarray, "E f"]]:
    """Largest logits of the own queries of each episode, and of its foreign ones."""

    def largest(adapted: Any, rows: Any) -> Float[Array, " q"]:
        return learner.predict(adapted, rows).max(axis=-1)

    def of_episode(params: Any, place: tuple[Episode, Array]) -> tuple[Array, Array]:
        episode, others = place
        task = gather(episode, x)
        adapted = learner.adapt(params, task.support_x, task.support_y)
        return largest(adapted, task.query_x), largest(
            adapted, jax.tree.map(lambda a: a[others], x)
        )

    x = jax.tree.map(jnp.asarray, x)
    places = jax.tree.map(jnp.asarray, (episodes, foreign))
    answer = jax.jit(
        lambda own, given: jax.lax.map(partial(of_episode, own), given, batch_size=AT_ONCE)
    )
    own, others = answer(params, places)
    return np.asarray(own, float), np.asarray(others, float)
