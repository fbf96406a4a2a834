"""From probabilities of tokens to entities: three numbers, chosen on tasks of known types."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.entities.decode import Transitions, decode, scores
from fewqubit.entities.score import Counts, count_right
from fewqubit.entities.sentence import OUTSIDE, Span
from fewqubit.entities.taggers import Tagger
from fewqubit.entities.tasks import TokenTask

LEAST = 1e-12  # probability


class Reading(NamedTuple):
    """How token probabilities are read: scale · log p, plus ``outside`` for O; and transitions.

    ``weight`` scales transitions; with 0 they only forbid what cannot be.
    """

    scale: float = 1.0
    outside: float = 0.0
    weight: float = 1.0


GRID = [
    Reading(*point)
    for point in product(
        (0.5, 2.0, 8.0, 32.0, 128.0, 512.0), (-4.0, -2.0, 0.0, 2.0, 4.0), (0.0, 1.0)
    )
]


class Answered(NamedTuple):
    """A task, and log p of each word of each query sentence: its types in order, then O."""

    task: TokenTask
    log_p: list[Float[np.ndarray, "words n+1"]]


def answer(tagger: Tagger, task: TokenTask, support: TokenTask | None = None) -> Answered:
    """What ``tagger`` says of the query's tokens, fitted on the support (or on another of them)."""
    shown = support or task
    tagger.fit(shown.x, shown.y)
    p = tagger.predict_proba(np.concatenate(task.vectors))
    known = tagger.classes_.tolist()
    order = [known.index(kind) for kind in (*task.types, OUTSIDE)]
    log_p = np.log(np.maximum(p[:, order], LEAST))
    ends = np.cumsum([len(one) for one in task.vectors])[:-1]
    return Answered(task, np.split(log_p, ends))


def read(answered: Answered, transitions: Transitions, reading: Reading) -> list[list[Span]]:
    """The entities of each query sentence."""
    types = answered.task.types
    after = scores(transitions, len(types), reading.weight)
    shift = np.append(np.zeros(len(types)), reading.outside)
    return [decode(reading.scale * one + shift, types, after) for one in answered.log_p]


def counts(answered: Answered, transitions: Transitions, reading: Reading) -> Counts:
    """Entities right, answered and there in one task."""
    truth = [sentence.spans for sentence in answered.task.query]
    return count_right(truth, read(answered, transitions, reading))


def chosen_reading(known: Sequence[Answered], transitions: Transitions) -> Reading:
    """Of ``GRID``, what gives the best mean F1 on tasks whose answers are known."""

    def mean_f1(reading: Reading) -> float:
        return float(np.mean([counts(one, transitions, reading).f1 for one in known]))

    return max(GRID, key=mean_f1)
