"""Several data sets as one family: how often does the circuit help over all of them?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fewqubit.config import Evaluation
from fewqubit.evaluate.verdict import Verdict, verdicts
from fewqubit.report.answers import one_opponent
from fewqubit.report.findings import Findings
from fewqubit.report.gather import Study
from fewqubit.report.markdown import table
from fewqubit.report.words import SIGNS, p_value, points, points_range, signed

ENTANGLERS = "separable"  # the arm that lacks them alone
Place = tuple[str, str]  # data set, learner


class Across(NamedTuple):
    """One family of verdicts, Holm-corrected over every data set and learner of a run.

    verdicts:    quantum − its nearest opponent
    entanglers:  quantum − the same circuit without entanglers, corrected within its data set;
                 nothing where that arm was not run
    """

    verdicts: dict[Place, Verdict]
    entanglers: dict[Place, Verdict]

    @property
    def counts(self) -> dict[str, int]:
        """The number of verdicts by word, in the order of the explanations."""
        counted: Counter[str] = Counter(row.word for row in self.verdicts.values())
        return {word: counted[word] for word in SIGNS if counted[word]}


def across(studies: Sequence[tuple[Study, Findings]], reading: Evaluation) -> Across | None:
    """All verdicts as one family; None for a single data set, which has its own verdicts."""
    if len(studies) < 2:
        return None
    asked = {
        (study.dataset, learner): answer
        for study, findings in studies
        for learner, answer in findings.answers.items()
    }
    found = verdicts({at: one.verdict.comparison for at, one in asked.items()}, reading.confidence)
    return Across(
        {at: found[at] if one.second else one_opponent(found[at]) for at, one in asked.items()},
        {
            (study.dataset, learner): row
            for study, findings in studies
            for (learner, arm), row in findings.against_arms.items()
            if arm == ENTANGLERS and row is not None
        },
    )


def sentence(found: Across) -> str:
    """``In 24 comparisons on 12 data sets the circuit is better in 1, worse in 3 …``"""
    n_sets = len({dataset for dataset, _ in found.verdicts})
    counted = ", ".join(f"{word} in {count}" for word, count in found.counts.items())
    differences = [row.comparison.difference for row in found.verdicts.values()]
    above = sum(difference > 0 for difference in differences)
    return (
        f"In {len(differences)} comparisons on {n_sets} data sets the circuit is {counted}. "
        f"{above} of the {len(differences)} differences are above zero; their mean is "
        f"{points(sum(differences) / len(differences))} points."
    )


def cells(found: Across, at: Place) -> tuple[str, ...]:
    """Difference, interval, corrected p, word, and what the entanglers are worth."""
    row, without = found.verdicts[at], found.entanglers.get(at)
    known = not row.comparison.too_few
    return (
        points(row.comparison.difference),
        points_range(row.comparison.low, row.comparison.high) if known else "–",
        p_value(row.p_difference) if known else "–",
        signed(row.word),
        points(without.comparison.difference) if without else "–",
    )


def head(reading: Evaluation) -> tuple[str, ...]:
    """Names of the columns, those of data set and learner first."""
    level = f"{100 * reading.confidence:g} %"
    tested = ("difference, points", f"{level} interval (alone)", "p (Holm, all)", "verdict")
    return ("data set", "learner", *tested, "entanglers, points")


def markdown(found: Across, reading: Evaluation) -> str:
    """A section ahead of those of single data sets."""
    rows = [(*at, *cells(found, at)) for at in found.verdicts]
    lines = [
        "## All data sets",
        "",
        sentence(found),
        "",
        *table(head(reading), rows),
        "",
        "Here p and the word are corrected over all data sets and learners together, so a word may "
        "be weaker than in the section of a data set, where the family is smaller. *Entanglers* is "
        "quantum − the same circuit without them, where that arm was run.",
    ]
    return "\n".join(lines) + "\n"


def figures(found: Across) -> Mapping[str, Any]:
    """The same for metrics.json."""
    return {
        "told": sentence(found),
        "counts": found.counts,
        "verdicts": {
            f"{dataset}/{learner}": {
                "difference": row.comparison.difference,
                "p_holm": row.p_difference,
                "verdict": row.word,
            }
            for (dataset, learner), row in found.verdicts.items()
        },
    }
