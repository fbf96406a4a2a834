"""Did the circuit help? Quantum against both of its opponents, at once.

The opponents are declared beforehand: the classical twin, and the best classical body of at most
the circuit's trained size, which validation episodes choose (``fewqubit.evaluate.opponent``).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fewqubit.evaluate.intervals import too_few
from fewqubit.evaluate.opponent import best_opponent, candidate, nearest, united
from fewqubit.evaluate.paired import Pair
from fewqubit.evaluate.verdict import Comparison, Name, Verdict, alone, verdicts
from fewqubit.report.gather import Result, Study
from fewqubit.report.scene import Scene

TWIN, SECOND = "twin", "second opponents"


class Answer(NamedTuple):
    """The verdict on a circuit.

    verdict:  on the difference to the better of its opponents, corrected over all circuits that are
              asked about. Without a second opponent it is the one against the twin, and says
              *ahead* in place of *better*
    nearest:  the opponent that was the more accurate one in the test episodes
    alone:    quantum − each opponent at the same level, the twin first
    """

    verdict: Verdict
    nearest: str
    alone: dict[str, Verdict]

    @property
    def second(self) -> str | None:
        """The second opponent; None if none was run."""
        return next((arm for arm in self.alone if arm != TWIN), None)


def opponents(study: Study, quantum: Result) -> dict[str, Result]:
    """The twin and the second opponent of a quantum result, as far as they were run."""
    arms = {row.arm: row for row in study.learners if row.learner == quantum.learner}
    cards = [candidate(row.card) for row in arms.values() if row.card]
    second = best_opponent(candidate(quantum.card), cards) if quantum.card else None
    return {arm: arms[arm] for arm in (TWIN, second) if arm in arms}


def answers(asked: Mapping[Name, Mapping[str, Pair]], scene: Scene) -> dict[Name, Answer]:
    """The answer for each name, Holm-corrected over those that can be tested."""
    tested = [
        name
        for name, pairs in asked.items()
        if not any(too_few(*one.one.shape) for one in pairs.values())
    ]
    rows = {name: _union(pairs, scene, max(len(tested), 1)) for name, pairs in asked.items()}
    found = verdicts(rows, scene.reading.confidence)
    return {name: _answer(found[name], pairs, scene) for name, pairs in asked.items()}


def together(asked: Sequence[Mapping[str, Pair]], scene: Scene) -> Answer | None:
    """The average over learners; against second opponents too where every learner has one."""
    if len(asked) < 2:
        return None
    averages = {TWIN: _average([pairs[TWIN] for pairs in asked])}
    seconds = [one for pairs in asked for arm, one in pairs.items() if arm != TWIN]
    if len(seconds) == len(asked):
        averages[SECOND] = _average(seconds)
    return answers({"": averages}, scene)[""]


def _average(pairs: Sequence[Pair]) -> Pair:
    """The mean over learners, seed by seed; as many seeds as learned in every learner."""
    n = min(len(one.one) for one in pairs)
    cells = [one.cells[:n] for one in pairs if one.cells is not None]
    return Pair(
        np.mean([one.one[:n] for one in pairs], axis=0),
        np.mean([one.other[:n] for one in pairs], axis=0),
        np.mean(cells, axis=0) if len(cells) == len(pairs) else None,
    )


def _union(pairs: Mapping[str, Pair], scene: Scene, family: float) -> Comparison:
    """The comparison with all opponents at once, as one of ``family``."""
    k = len(pairs)
    row = united({arm: scene.compare(one, family) for arm, one in pairs.items()})
    high, high_all = (
        min(scene.compare(one, k * n).high_all for one in pairs.values()) for n in (1, family)
    )
    return row._replace(high=high, high_all=high_all)


def _answer(verdict: Verdict, pairs: Mapping[str, Pair], scene: Scene) -> Answer:
    """The verdict and each opponent's, with intervals at the level of Holm's procedure."""
    n = verdict.multiplicity
    row = _union(pairs, scene, n)
    rows = {arm: scene.compare(one, n) for arm, one in pairs.items()}
    level = scene.reading.confidence
    each = {arm: one_opponent(alone(one, level, n)) for arm, one in rows.items()}
    verdict = verdict._replace(low=row.low_all, high=row.high_all)
    return Answer(verdict if len(rows) > 1 else one_opponent(verdict), nearest(rows), each)


def one_opponent(verdict: Verdict) -> Verdict:
    """``verdict`` with *ahead* in place of *better*, which takes both opponents."""
    return verdict._replace(word="ahead") if verdict.word == "better" else verdict
