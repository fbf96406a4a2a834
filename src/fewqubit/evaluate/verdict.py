"""Did the quantum part help? Paired differences on the same episodes, with a one-word verdict."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Float

from fewqubit.errors import ArtifactError
from fewqubit.evaluate.classes import ClassSpread
from fewqubit.evaluate.intervals import below, distribution, interval, seed_share, too_few

Word = Literal["better", "ahead", "worse", "equivalent", "undecided", "no verdict"]
Name = TypeVar("Name", bound=Hashable)


class Comparison(NamedTuple):
    """A paired difference in accuracy, quantum − other, before any correction.

    low, high:          confidence interval of the difference
    p_difference:       two-sided, against no difference
    p_equivalence:      two one-sided tests (TOST), against a difference of the margin or more
    seed_share:         share of the uncertainty due to the training seeds
    low_all, high_all:  simultaneous interval over the whole family (Bonferroni)
    too_few:            why nothing can be concluded; intervals then span all possible values
    """

    difference: float
    low: float
    high: float
    p_difference: float
    p_equivalence: float
    seed_share: float
    low_all: float = -1.0
    high_all: float = 1.0
    too_few: str = ""


class Verdict(NamedTuple):
    """A comparison after Holm's correction of both p-values, and the word for it.

    multiplicity:  factor by which Holm's procedure divides the level for this comparison
    low, high:     interval at that level; it excludes 0 if and only if the corrected p is small
    """

    comparison: Comparison
    p_difference: float
    p_equivalence: float
    word: Word
    multiplicity: float = 1.0
    low: float = -1.0
    high: float = 1.0


def compare(
    quantum: Float[np.ndarray, "seeds episodes"],
    other: Float[np.ndarray, "seeds episodes"],
    resamples: Float[np.ndarray, "resamples episodes"],
    margin: float,
    confidence: float,
    family: float = 1,
    classes: ClassSpread | None = None,
) -> Comparison:
    """Compare two learners on the same episodes, paired by seed; one seed pairs with each.

    ``family``: number of comparisons in the family; ``classes``: spread of the difference over
    classes, to cover new classes too. With fewer than 3 seeds or 30 episodes only the difference is
    computed.

    Raises ArtifactError if the episodes or the seeds of the two cannot be paired.
    """
    _check_pairs(quantum, other)
    values = quantum - other
    lacking = too_few(*values.shape)
    if lacking:
        difference = float(values.mean()) if values.size else 0.0
        return Comparison(difference, -1.0, 1.0, 1.0, 1.0, 1.0, too_few=lacking)
    mean = distribution(values, resamples, classes)
    low, high = interval(mean, confidence)
    low_all, high_all = (
        (low, high) if family == 1 else interval(mean, 1 - (1 - confidence) / family)
    )
    floor = 1 / (len(resamples) + 1) if mean.scale == 0 else 0.0  # resolution of p
    not_above, above_minus, above_plus = below(mean, 0.0), below(mean, -margin), below(mean, margin)
    p_difference = max(2 * min(not_above, 1 - not_above), floor)
    p_equivalence = max(above_minus, 1 - above_plus, floor)
    return Comparison(
        float(mean.estimate),
        float(low),
        float(high),
        float(p_difference),
        float(p_equivalence),
        float(seed_share(mean)),
        float(low_all),
        float(high_all),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment, for a family-wise error rate over all ``p_values``.

        p̃_(i) = max over j ≤ i of min(1, (m − j + 1) p_(j))

    Source: Holm (1979), Scand. J. Stat. 6, 65.
    """
    _, order, reached = _steps_down(p_values)
    adjusted = np.empty_like(reached)
    adjusted[order] = np.minimum(1.0, reached)
    return [float(p) for p in adjusted]


def multiplicities(p_values: Sequence[float]) -> list[float]:
    """Factor by which Holm multiplies each p: m − rank + 1, or the one an earlier step needs."""
    ranked, order, reached = _steps_down(p_values)
    steps = np.arange(len(ranked), 0.0, -1.0)
    factors = np.empty_like(reached)
    factors[order] = np.divide(reached, ranked, out=steps, where=ranked > 0)
    return [float(n) for n in factors]


def _steps_down(p_values: Sequence[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sorted p, the order that sorts them, and max over j ≤ i of (m − j + 1) p_(j)."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    return ranked, order, np.maximum.accumulate(ranked * np.arange(len(p), 0, -1))


def verdicts(comparisons: Mapping[Name, Comparison], confidence: float) -> dict[Name, Verdict]:
    """A verdict for each comparison of one family, Holm-corrected over the testable ones."""
    tested = {name: row for name, row in comparisons.items() if not row.too_few}
    p_values = [row.p_difference for row in tested.values()]
    differences, factors = holm(p_values), multiplicities(p_values)
    equivalences = holm([row.p_equivalence for row in tested.values()])
    words = {
        name: Verdict(row, differ, same, _word(row.difference, differ, same, 1 - confidence), n)
        for (name, row), differ, same, n in zip(
            tested.items(), differences, equivalences, factors, strict=True
        )
    }
    return {
        name: words.get(name, Verdict(row, 1.0, 1.0, "no verdict"))
        for name, row in comparisons.items()
    }


def alone(row: Comparison, confidence: float, multiplicity: float) -> Verdict:
    """The verdict on one comparison, at the level of the family of its ``low_all``."""
    if row.too_few:
        return Verdict(row, 1.0, 1.0, "no verdict")
    differ, same = (min(1.0, multiplicity * p) for p in (row.p_difference, row.p_equivalence))
    word = _word(row.difference, differ, same, 1 - confidence)
    return Verdict(row, differ, same, word, multiplicity, row.low_all, row.high_all)


def _word(difference: float, p_difference: float, p_equivalence: float, alpha: float) -> Word:
    """Equivalence comes first: a difference surely within the margin does not matter."""
    if p_equivalence < alpha:
        return "equivalent"
    if p_difference < alpha:
        return "better" if difference > 0 else "worse"
    return "undecided"


def _check_pairs(quantum: np.ndarray, other: np.ndarray) -> None:
    (seeds, episodes), (other_seeds, other_episodes) = quantum.shape, other.shape
    if episodes != other_episodes:
        raise ArtifactError(
            f"expected results on the same episodes, got {episodes} and {other_episodes}; "
            "run `dvc repro` so that all learners see the same manifest"
        )
    if seeds != other_seeds and 1 not in (seeds, other_seeds):
        raise ArtifactError(
            f"expected as many training seeds in both arms, got {seeds} and {other_seeds}; "
            "train both with the same `seeds`"
        )
