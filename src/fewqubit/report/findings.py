"""The verdicts of a study: the quantum arm against every other arm."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Evaluation
from fewqubit.config.questions import Place, place
from fewqubit.evaluate.failures import Failures, failures
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.paired import Pair, Sample, pair
from fewqubit.evaluate.verdict import Name, Verdict
from fewqubit.report.answers import TWIN, Answer, answers, opponents, together
from fewqubit.report.gather import Result, Study
from fewqubit.report.scene import Scene, family, paired, sample
from fewqubit.report.words import percent
from fewqubit.tasks.scores import ACCURACY

QUANTUM = "quantum"


class Question(NamedTuple):
    """A question of the user's own: this − that."""

    this: Place
    that: Place
    verdict: Verdict


class Findings(NamedTuple):
    """Verdicts of one study in families, each Holm-corrected over its own members.

    answers:            by learner: quantum against its classical twin and its second opponent, the
                        question asked beforehand
    against_arms:       by learner and arm: quantum − its other arms; None where the arm is the
                        very same model, so that there is nothing to test
    against_baselines:  by learner and baseline
    together:           the same on average over the learners: one test, asked beforehand; None
                        where there are not two of them
    questions:          the user's own, by name
    failures:           seeds that failed, of each trained learner and arm
    """

    answers: dict[str, Answer]
    against_arms: dict[tuple[str, str], Verdict | None]
    against_baselines: dict[tuple[str, str], Verdict]
    together: Answer | None
    questions: dict[str, Question]
    failures: dict[tuple[str, str], Failures]

    @property
    def against_twin(self) -> dict[str, Verdict]:
        """Quantum − twin alone; the headline never rests on it alone."""
        return {learner: answer.alone[TWIN] for learner, answer in self.answers.items()}


def find(study: Study, reading: Evaluation, key: PRNGKeyArray) -> Findings:
    """The verdicts of a study; ``key`` is that of its evaluations, so resamples are theirs."""
    quantum = [row for row in study.learners if row.arm == QUANTUM]
    key, groups = stream(key, "resamples"), study.classes.groups
    scene = Scene(reading, key, groups, episode_resamples(key, len(groups), reading.resamples), {})
    arms = {(one.learner, arm.arm): (one, arm) for one in quantum for arm in _arms(study, one)}
    rivals = {one.learner: _rivals(study, one, reading) for one in quantum}
    asked = {learner: pairs for learner, pairs in rivals.items() if TWIN in pairs}
    others = {name: rows for name, rows in arms.items() if name[1] != TWIN}
    different = {name: rows for name, rows in others.items() if not same_model(*rows)}
    plain = {(one.learner, row.learner): (one, row) for one in quantum for row in study.baselines}
    second = _family(different, scene)
    return Findings(
        answers(asked, scene),
        {name: second.get(name) for name in others},
        _family(plain, scene),
        together([*asked.values()], scene),
        _questions(study, scene),
        {
            (row.learner, row.arm): failures(~sample(row, reading).learned, reading.confidence)
            for row in study.learners
        },
    )


def _family(rows: Mapping[Name, tuple[Result, Result]], scene: Scene) -> dict[Name, Verdict]:
    """A verdict on every pair, corrected for all of them."""
    return family({name: paired(*both, scene.reading) for name, both in rows.items()}, scene)


def _rivals(study: Study, quantum: Result, reading: Evaluation) -> dict[str, Pair]:
    rivals = opponents(study, quantum).items()
    return {arm: paired(quantum, row, reading) for arm, row in rivals}


def _questions(study: Study, scene: Scene) -> dict[str, Question]:
    """Verdicts on ``evaluation.questions``, as a family of their own."""
    learners = [row.learner for row in study.learners]
    places = {
        name: (place(this, learners), place(that, learners))
        for name, (this, that) in scene.reading.questions.items()
    }
    pairs = {name: _asked(study, *both, scene.reading) for name, both in places.items()}
    found = family(pairs, scene)
    return {name: Question(*both, found[name]) for name, both in places.items()}


def _asked(study: Study, this: Place, that: Place, reading: Evaluation) -> Pair:
    """Both results on common episodes: a device answers only the first ones."""
    samples = [_at(study, where, reading) for where in (this, that)]
    n = min(one.values.shape[1] for one in samples)
    one, other = (
        some._replace(
            values=some.values[:, :n], cells=None if some.cells is None else some.cells[:, :n]
        )
        for some in samples
    )
    return pair(one, other)


def _at(study: Study, where: Place, reading: Evaluation) -> Sample:
    row = next(row for row in study.results if (row.learner, row.arm) == (where.learner, where.arm))
    exact = sample(row, reading)
    if where.device is None:
        return exact
    measured: Float[np.ndarray, "seeds episodes"] = np.array(row.devices[where.device]["all"])
    return exact._replace(values=measured, cells=None)


def same_model(quantum: Result, arm: Result) -> bool:
    """Whether an arm removes nothing from the circuit, and all accuracies agree.

    Equal accuracies prove nothing: both may be perfect. Equal circuits prove nothing either:
    settings may differ.
    """
    alike = arm.cost["same_as_quantum"] and _settings(arm) == _settings(quantum)
    return alike and np.array_equal(arm.accuracies[:3], quantum.accuracies[:3])


def _settings(row: Result) -> object:
    return row.card and row.card["settings"]


def standing(study: Study) -> str:
    """How the quantum learners compare with the baselines, which the twin does not show."""
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
    if study.score == ACCURACY.name:
        parts.append(f"chance is {percent(study.results[0].metrics['chance'])}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _arms(study: Study, quantum: Result) -> list[Result]:
    """The other arms of the same learner."""
    return [row for row in study.learners if row.learner == quantum.learner and row is not quantum]
