"""The second opponent: the best classical body of at most the circuit's trained size.

It is chosen on validation episodes, before any test result is seen, among the arms that are made
for it; the first opponent, the twin, has exactly the circuit's size and is never chosen here. A
quantum arm is *better* only if it is better than both. Each of the two tests may be held at the
full level: together they err no more often than either (an intersection-union test: Berger 1982,
Technometrics 24, 295).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from fewqubit.config import OPPONENTS


class Candidate(NamedTuple):
    """An arm as the choice sees it.

    arm:         its name
    validation:  best validation accuracy of each training seed; a seed that failed is not finite
    size:        trained numbers in all: encoder, body, head, and rates where there are any
    """

    arm: str
    validation: tuple[float, ...]
    size: int


def candidate(card: Mapping[str, Any]) -> Candidate:
    """The arm that a ``learner.json`` tells of."""
    validation = tuple(map(float, card["validation_accuracy"]))
    return Candidate(card["arm"], validation, card["n_parameters"]["total"])


def best_opponent(quantum: Candidate, others: Iterable[Candidate]) -> str | None:
    """The arm among ``others`` with the highest mean validation accuracy over its seeds.

    Only arms of ``config.OPPONENTS`` with at most ``quantum``'s trained size are asked; a failed
    seed counts as accuracy 0, so an arm gains nothing by failing. Of equals the smaller is taken,
    then the first in that list. None: there is no such arm.
    """
    fitting = [one for one in others if one.arm in OPPONENTS and one.size <= quantum.size]
    ranked = sorted(fitting, key=lambda one: (-_mean(one), one.size, OPPONENTS.index(one.arm)))
    return ranked[0].arm if ranked else None


def _mean(one: Candidate) -> float:
    """Mean over seeds; no seeds at all are as bad as seeds that failed."""
    values = np.asarray(one.validation, float)
    return float(np.where(np.isfinite(values), values, 0.0).sum() / max(len(values), 1))
