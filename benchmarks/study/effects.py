"""Effects of qubits, entanglers and bandwidth over the data sets; choices at edges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from benchmarks.study.cells import Asked, Trial
from scipy.stats import t as student

from fewqubit.config import Settings, of_arm
from fewqubit.config.edges import edges
from fewqubit.report.across import ENTANGLERS
from fewqubit.report.findings import QUANTUM
from fewqubit.study.side_by_side import BANDWIDTH


class Effect(NamedTuple):
    """A difference of accuracies on every data set, its mean, and Student's interval over them."""

    name: str
    values: dict[str, float]
    median: float
    mean: float
    low: float
    high: float


def effects(found: Sequence[Asked], settings: Settings) -> list[Effect]:
    """Circuit − nearest opponent by qubits and by bandwidth; entanglers by qubits."""
    confidence = settings.evaluation.confidence
    return [_effect(name, values, confidence) for name, values in _values(found, settings)]


def over_opponent(found: Sequence[Asked], learner: str) -> dict[str, float]:
    """The circuit's difference to its nearest opponent, by data set."""
    return {
        one.study.dataset: one.findings.answers[learner].verdict.comparison.difference
        for one in found
    }


def of_entanglers(found: Sequence[Asked], learner: str) -> dict[str, float]:
    """The circuit's difference to the same circuit without entanglers, by data set."""
    rows = {one.study.dataset: one.findings.against_arms[learner, ENTANGLERS] for one in found}
    return {name: 0.0 if row is None else row.comparison.difference for name, row in rows.items()}


def at_bandwidths(found: Sequence[Asked], learner: str) -> dict[float, dict[str, float]]:
    """What the circuit at each bandwidth has over its nearest opponent, by data set."""
    by_bandwidth: dict[float, dict[str, float]] = {}
    for one in found:
        rival = one.study.find(learner, one.findings.answers[learner].nearest)
        assert rival is not None
        least = float(rival.accuracies.after.mean())
        for trial in one.trials:
            if (trial.learner, trial.arm) == (learner, QUANTUM) and trial.test is not None:
                row = by_bandwidth.setdefault(trial.values[BANDWIDTH], {})
                row[one.study.dataset] = trial.test - least
    return dict(sorted(by_bandwidth.items()))


def at_edges(trials: Sequence[Trial], settings: Settings) -> dict[str, tuple[int, int]]:
    """By arm, how many of the chosen trials lie at an edge of their grid, and of how many."""
    counted: dict[str, tuple[int, int]] = {}
    for trial in trials:
        own = of_arm(settings.learners[trial.learner], trial.arm)
        axes = settings.search.axes(trial.learner, trial.arm, own)
        lies = bool(edges(trial.values, {name: [*axis] for name, axis in axes.items()}))
        n, of = counted.get(trial.arm, (0, 0))
        counted[trial.arm] = n + lies, of + 1
    return counted


def _values(
    found: Sequence[Asked], settings: Settings
) -> Iterator[tuple[str, Mapping[str, float]]]:
    learners = settings.run.learners
    said = {name: f"{settings.learners[name].circuit.n_qubits} qubits" for name in learners}
    for learner in learners:
        yield f"circuit − opponent, {said[learner]}", over_opponent(found, learner)
    if len(learners) > 1:
        first, last = (over_opponent(found, learners[end]) for end in (0, -1))
        change = {name: last[name] - first[name] for name in first}
        yield f"the same, {said[learners[-1]]} − {said[learners[0]]}", change
    if ENTANGLERS in settings.run.arms:
        for learner in learners:
            yield f"entanglers, {said[learner]}", of_entanglers(found, learner)
    for learner in learners:
        for bandwidth, values in at_bandwidths(found, learner).items():
            yield at_bandwidth(said[learner], bandwidth), values


def at_bandwidth(qubits: str, bandwidth: float) -> str:
    """The name of the effect of a circuit at ``bandwidth``."""
    return f"circuit − opponent, {qubits}, bandwidth {bandwidth:g}"


def _effect(name: str, values: Mapping[str, float], confidence: float) -> Effect:
    each = np.array([*values.values()])
    mean, n = float(each.mean()), len(each)
    half = float(student.ppf((1 + confidence) / 2, n - 1) * each.std(ddof=1) / n**0.5)
    return Effect(name, dict(values), float(np.median(each)), mean, mean - half, mean + half)
