"""What the results of a study mean: a verdict on the quantum part against every other part."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.verdict import Verdict, compare, verdicts
from fewqubit.keys import stream
from fewqubit.report.gather import Result, Study
from fewqubit.report.words import percent

QUANTUM, TWIN = "quantum", "twin"
Pairs = Mapping[tuple[str, str], tuple[Result, Result]]


class Findings(NamedTuple):
    """Verdicts of one study in three families, each Holm-corrected over its own members.

    against_twin:       by learner: quantum − its classical twin, the question asked beforehand
    against_arms:       by learner and arm: quantum − its other arms; None where the arm is the
                        very same model, so that there is nothing to test
    against_baselines:  by learner and baseline
    """

    against_twin: dict[str, Verdict]
    against_arms: dict[tuple[str, str], Verdict | None]
    against_baselines: dict[tuple[str, str], Verdict]


def find(study: Study, reading: Evaluation, key: PRNGKeyArray) -> Findings:
    """The verdicts of a study; ``key`` is that of its evaluations, so resamples are theirs."""
    quantum = [row for row in study.learners if row.arm == QUANTUM]
    if not quantum:
        return Findings({}, {}, {})
    n_episodes = quantum[0].accuracies.after.shape[1]
    resamples = episode_resamples(stream(key, "resamples"), n_episodes, reading.resamples)
    arms = {(own.learner, arm.arm): (own, arm) for own in quantum for arm in _arms(study, own)}
    twins = {name: pair for name, pair in arms.items() if name[1] == TWIN}
    others = {name: pair for name, pair in arms.items() if name[1] != TWIN}
    different = {name: pair for name, pair in others.items() if not same_model(*pair)}
    plain = {(own.learner, row.learner): (own, row) for own in quantum for row in study.baselines}
    first, second, third = (
        _family(pairs, resamples, reading) for pairs in (twins, different, plain)
    )
    against_twin = {learner: verdict for (learner, _), verdict in first.items()}
    return Findings(against_twin, {name: second.get(name) for name in others}, third)


def _family(
    pairs: Pairs, resamples: Float[np.ndarray, "resamples episodes"], reading: Evaluation
) -> dict[tuple[str, str], Verdict]:
    """A verdict on every pair, corrected for all of them."""
    rows = {
        name: compare(
            own.accuracies.after,
            other.accuracies.after,
            resamples,
            reading.margin,
            reading.confidence,
        )
        for name, (own, other) in pairs.items()
    }
    return verdicts(rows, reading.confidence)


def same_model(quantum: Result, arm: Result) -> bool:
    """Whether an arm takes nothing away from the circuit, and shows it: all accuracies agree.

    They alone prove nothing, as of two arms that are always right; nor does the circuit, since an
    arm may have settings of its own.
    """
    alike = arm.cost["same_as_quantum"] and _settings(arm) == _settings(quantum)
    return alike and np.array_equal(arm.accuracies[:3], quantum.accuracies[:3])


def _settings(row: Result) -> object:
    return row.card and row.card["settings"]


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
