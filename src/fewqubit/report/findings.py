"""What the results of a study mean: a verdict on the quantum part against every other part."""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.verdict import Verdict, compare, verdicts
from fewqubit.keys import stream
from fewqubit.report.gather import Result, Study
from fewqubit.report.words import percent

QUANTUM, TWIN = "quantum", "twin"


class Findings(NamedTuple):
    """Verdicts of one study.

    against_twin:    by learner: quantum − its classical twin, the question asked beforehand;
                     Holm-corrected over the learners
    against_others:  by learner and name of the other: quantum − every other arm and baseline, a
                     second family, Holm-corrected over all its members
    """

    against_twin: dict[str, Verdict]
    against_others: dict[tuple[str, str], Verdict]


def find(study: Study, reading: Evaluation, key: PRNGKeyArray) -> Findings:
    """The verdicts of a study; ``key`` is that of its evaluations, so resamples are theirs."""
    quantum = [row for row in study.learners if row.arm == QUANTUM]
    if not quantum:
        return Findings({}, {})
    n_episodes = quantum[0].accuracies.after.shape[1]
    resamples = episode_resamples(stream(key, "resamples"), n_episodes, reading.resamples)
    margin, confidence = reading.margin, reading.confidence

    def family(others: Callable[[Result], list[Result]]) -> dict[tuple[str, str], Verdict]:
        return verdicts(
            {
                (row.learner, other.name): compare(
                    row.accuracies.after, other.accuracies.after, resamples, margin, confidence
                )
                for row in quantum
                for other in others(row)
            },
            confidence,
        )

    twins = family(lambda row: [arm for arm in _arms(study, row) if arm.arm == TWIN])
    others = family(
        lambda row: [arm for arm in _arms(study, row) if arm.arm != TWIN] + [*study.baselines]
    )
    return Findings({learner: verdict for (learner, _), verdict in twins.items()}, others)


def standing(study: Study) -> str:
    """Where the quantum learners stand beside the baselines, which a good twin does not tell."""
    chance = f"chance is {percent(study.results[0].metrics['chance'])}."
    kinds = {
        "quantum learner": [row for row in study.learners if row.arm == QUANTUM],
        "plain baseline": study.baselines,
    }
    best = [
        (kind, max(rows, key=lambda row: row.metrics["accuracy"]))
        for kind, rows in kinds.items()
        if rows
    ]
    parts = [
        f"the best {kind} is {row.learner}, {percent(row.metrics['accuracy'])}"
        for kind, row in best
    ]
    text = "; ".join([*parts, chance])
    return text[0].upper() + text[1:]


def _arms(study: Study, quantum: Result) -> list[Result]:
    """The other arms of the same learner."""
    return [row for row in study.learners if row.learner == quantum.learner and row is not quantum]
