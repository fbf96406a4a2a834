"""Three parameters that turn word logits into entities, chosen on validation tasks."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.evaluate.entities.batch import TokenTasks, by_word
from fewqubit.evaluate.entities.decode import Transitions, decode, scores
from fewqubit.evaluate.entities.score import Counts, count_entities


class Reading(NamedTuple):
    """How word probabilities are scored: scale · log p, plus ``outside`` for O.

    ``weight`` scales transition scores; with 0 they only forbid impossible steps.
    """

    scale: float = 1.0
    outside: float = 0.0
    weight: float = 1.0


GRID = [
    Reading(*point)
    for point in product(
        (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0), (-4.0, -2.0, 0.0, 2.0, 4.0), (0.0, 1.0)
    )
]


COARSE = [one for one in GRID if one.weight and one.scale in (0.1, 1.0, 10.0)]  # for training


def word_log_p(
    tasks: TokenTasks, logits: Float[np.ndarray, "seeds E w n_way"]
) -> Float[np.ndarray, "seeds B words n+1"]:
    """log p of each word of each query sentence: types in the order of labels, then O."""
    from scipy.special import log_softmax  # takes a quarter of a second; only words need it

    return np.stack([by_word(tasks, one) for one in log_softmax(logits.astype(float), axis=-1)])


def tags_of(
    tasks: TokenTasks,
    log_p: Float[np.ndarray, "seeds B words n+1"],
    transitions: Transitions,
    reading: Reading,
) -> Int[np.ndarray, "seeds B words"]:
    """The tags that every seed predicts."""
    n_types = log_p.shape[-1] - 1
    after = scores(transitions, n_types, reading.weight)
    shift = np.append(np.zeros(n_types), reading.outside)
    there = tasks.places >= 0
    return np.stack([decode(reading.scale * one + shift, after, there) for one in log_p])


def counts(tasks: TokenTasks, tags: Int[np.ndarray, "seeds B words"]) -> Counts:
    """Counts of right, predicted and true entities, for every seed in every episode."""
    n_types = tasks.class_ids.shape[1] - 1
    each = [count_entities(tasks.tags, one, tasks.episode, n_types) for one in tags]
    return Counts(*(np.stack(part) for part in zip(*each, strict=True)))


def chosen_reading(
    tasks: TokenTasks,
    log_p: Float[np.ndarray, "seeds B words n+1"],
    transitions: Transitions,
    grid: Sequence[Reading] = GRID,
) -> tuple[Reading, float]:
    """The reading in ``grid`` with the best mean F1 over seeds on ``tasks``, and that F1."""
    found = [
        float(counts(tasks, tags_of(tasks, log_p, transitions, one)).f1().mean()) for one in grid
    ]
    best = int(np.argmax(found))
    return grid[best], found[best]
