"""The second opponent: the best classical body of at most the circuit's trained size.

It is chosen on validation episodes, before any test result is seen, among the arms made for this
purpose. The first opponent, the twin, has exactly the circuit's size and is never chosen here. A
quantum arm is *better* only if it is better than both. Each of the two tests is run at the full
level; together they err no more often than either (an intersection-union test: Berger 1982,
Technometrics 24, 295).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from fewqubit.config import OPPONENTS
from fewqubit.evaluate.verdict import Comparison


class Rated(NamedTuple):
    """What the choice knows of an arm.

    arm:         its name
    validation:  best validation accuracy of each training seed; a seed that failed is not finite
    size:        trained parameters in total: encoder, body, head, and learned rates if any
    """

    arm: str
    validation: tuple[float, ...]
    size: int


def candidate(card: Mapping[str, Any]) -> Rated:
    """The arm described by a ``learner.json``."""
    validation = tuple(map(float, card["validation_accuracy"]))
    return Rated(card["arm"], validation, card["n_parameters"]["total"])


def best_opponent(quantum: Rated, others: Iterable[Rated]) -> str | None:
    """The arm among ``others`` with the highest mean validation accuracy over its seeds.

    Only arms of ``config.OPPONENTS`` with at most ``quantum``'s trained size are considered. A
    failed seed counts as accuracy 0, so an arm gains nothing by failing. Ties go to the smaller
    arm, then to the first in that list. None: there is no such arm.
    """
    fitting = [one for one in others if one.arm in OPPONENTS and one.size <= quantum.size]
    ranked = sorted(fitting, key=lambda one: (-_mean(one), one.size, OPPONENTS.index(one.arm)))
    return ranked[0].arm if ranked else None


def nearest(rows: Mapping[str, Comparison]) -> str:
    """The opponent with the smallest difference; one with too few data comes first."""
    return min(rows, key=lambda arm: (not rows[arm].too_few, rows[arm].difference))


def united(rows: Mapping[str, Comparison]) -> Comparison:
    """The comparison with the better of k opponents: of δ = min_i d_i against 0.

        p = 2 min(max_i P(d_i > 0), k min_i P(d_i < 0)), at most 1

    Better means better than all opponents (intersection-union). Worse means worse than one of them
    (union-intersection, hence k). So each side errs no more often than half the level. Equivalence:
    no opponent is better by the margin, and the nearest is not worse by it. ``low`` and ``low_all``
    are the lowest of the opponents; the caller sets the upper ends, at the level of k.
    """
    arm, k = nearest(rows), len(rows)
    row = rows[arm]
    if row.too_few or k == 1:
        return row
    above = {name: _above(one) for name, one in rows.items()}
    p_difference = 2 * min(max(above.values()), k * (1 - max(above.values())))
    not_better = (min(one.p_equivalence, above[name]) for name, one in rows.items() if name != arm)
    p_equivalence = max(k * row.p_equivalence, *not_better)
    return row._replace(
        low=min(one.low for one in rows.values()),
        low_all=min(one.low_all for one in rows.values()),
        p_difference=min(1.0, p_difference),
        p_equivalence=min(1.0, p_equivalence),
    )


def _above(row: Comparison) -> float:
    """One-sided p for a difference above 0, from the two-sided p."""
    half = row.p_difference / 2
    return half if row.difference > 0 else 1 - half


def _mean(one: Rated) -> float:
    """Mean over seeds; 0 without seeds, as for failed seeds."""
    values = np.asarray(one.validation, float)
    return float(np.where(np.isfinite(values), values, 0.0).sum() / max(len(values), 1))
