"""What the results of a study mean: a verdict on the quantum part against every other part."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.config.questions import Place, place
from fewqubit.evaluate.failures import Failures, failed_seeds, failures
from fewqubit.evaluate.intervals import episode_resamples, too_few
from fewqubit.evaluate.paired import Pair, Sample, pair, spread
from fewqubit.evaluate.verdict import Comparison, Name, Verdict, compare, verdicts
from fewqubit.keys import stream
from fewqubit.report.gather import Result, Study
from fewqubit.report.words import percent

QUANTUM, TWIN = "quantum", "twin"


class Asked(NamedTuple):
    """A question of the user's own: this − that."""

    this: Place
    that: Place
    verdict: Verdict


class Findings(NamedTuple):
    """Verdicts of one study in families, each Holm-corrected over its own members.

    against_twin:       by learner: quantum − its classical twin, the question asked beforehand
    against_arms:       by learner and arm: quantum − its other arms; None where the arm is the
                        very same model, so that there is nothing to test
    against_baselines:  by learner and baseline
    together:           quantum − twin on average over the learners: one test, asked beforehand;
                        None where there are not two of them
    questions:          the user's own, by name
    failures:           seeds that failed, of each trained learner and arm
    """

    against_twin: dict[str, Verdict]
    against_arms: dict[tuple[str, str], Verdict | None]
    against_baselines: dict[tuple[str, str], Verdict]
    together: Verdict | None
    questions: dict[str, Asked]
    failures: dict[tuple[str, str], Failures]


class Scene(NamedTuple):
    """What all comparisons of a study share; a device is asked fewer episodes, drawn apart."""

    reading: Evaluation
    key: PRNGKeyArray
    groups: Int[np.ndarray, "episodes n_way"]
    resamples: Float[np.ndarray, "resamples episodes"]

    def compare(self, one: Pair, family: float) -> Comparison:
        """Compare the seeds that learned; new classes too, where there are enough."""
        reading, n_episodes = self.reading, one.one.shape[1]
        resamples = self.resamples
        if n_episodes < len(self.groups):
            resamples = episode_resamples(self.key, n_episodes, reading.resamples)
        classes = spread(one.cells, self.groups[:n_episodes])
        ends = reading.margin, reading.confidence, family, classes
        return compare(one.one, one.other, resamples, *ends)


def find(study: Study, reading: Evaluation, key: PRNGKeyArray) -> Findings:
    """The verdicts of a study; ``key`` is that of its evaluations, so resamples are theirs."""
    quantum = [row for row in study.learners if row.arm == QUANTUM]
    key, groups = stream(key, "resamples"), study.classes.groups
    scene = Scene(reading, key, groups, episode_resamples(key, len(groups), reading.resamples))
    arms = {(own.learner, arm.arm): (own, arm) for own in quantum for arm in _arms(study, own)}
    twins = {name[0]: rows for name, rows in arms.items() if name[1] == TWIN}
    others = {name: rows for name, rows in arms.items() if name[1] != TWIN}
    different = {name: rows for name, rows in others.items() if not same_model(*rows)}
    plain = {(own.learner, row.learner): (own, row) for own in quantum for row in study.baselines}
    second = _family(different, scene)
    return Findings(
        _family(twins, scene),
        {name: second.get(name) for name in others},
        _family(plain, scene),
        _together([_pair(*rows, reading) for rows in twins.values()], scene),
        _questions(study, scene),
        {
            (row.learner, row.arm): failures(~sample(row, reading).learned, reading.confidence)
            for row in study.learners
        },
    )


def sample(row: Result, reading: Evaluation) -> Sample:
    """Accuracies of a result, and which of its seeds learned."""
    accuracies = row.accuracies
    learned = np.ones(len(accuracies.after), dtype=bool)
    if row.card:
        validation, chance = row.card["validation_accuracy"], row.metrics["chance"]
        learned = ~failed_seeds(validation, chance, reading.failed_below)
    return Sample(accuracies.after, accuracies.by_class, learned, row.card is not None)


def _pair(one: Result, other: Result, reading: Evaluation) -> Pair:
    return pair(sample(one, reading), sample(other, reading))


def _family(rows: Mapping[Name, tuple[Result, Result]], scene: Scene) -> dict[Name, Verdict]:
    """A verdict on every pair, corrected for all of them."""
    pairs = {name: _pair(*both, scene.reading) for name, both in rows.items()}
    return _verdicts(pairs, scene)


def _verdicts(pairs: Mapping[Name, Pair], scene: Scene) -> dict[Name, Verdict]:
    tested = [one for one in pairs.values() if not too_few(*one.one.shape)]
    compared = {name: scene.compare(one, max(len(tested), 1)) for name, one in pairs.items()}
    found = verdicts(compared, scene.reading.confidence)
    return {name: _with_interval(row, pairs[name], scene) for name, row in found.items()}


def _with_interval(verdict: Verdict, one: Pair, scene: Scene) -> Verdict:
    """The verdict with its interval at the level at which Holm's procedure tested it."""
    row = scene.compare(one, verdict.multiplicity)
    return verdict._replace(low=row.low_all, high=row.high_all)


def _together(pairs: Sequence[Pair], scene: Scene) -> Verdict | None:
    """The average over learners, seed by seed; as many seeds as learned in every learner."""
    if len(pairs) < 2:
        return None
    n = min(len(one.one) for one in pairs)
    cells = [one.cells[:n] for one in pairs if one.cells is not None]
    average = Pair(
        np.mean([one.one[:n] for one in pairs], axis=0),
        np.mean([one.other[:n] for one in pairs], axis=0),
        np.mean(cells, axis=0) if len(cells) == len(pairs) else None,
    )
    return _verdicts({"": average}, scene)[""]


def _questions(study: Study, scene: Scene) -> dict[str, Asked]:
    """A family of its own: what ``evaluation.questions`` asks."""
    learners = [row.learner for row in study.learners]
    places = {
        name: (place(this, learners), place(that, learners))
        for name, (this, that) in scene.reading.questions.items()
    }
    pairs = {name: _asked(study, *both, scene.reading) for name, both in places.items()}
    found = _verdicts(pairs, scene)
    return {name: Asked(*both, found[name]) for name, both in places.items()}


def _asked(study: Study, this: Place, that: Place, reading: Evaluation) -> Pair:
    """Both results, on the episodes that both have answered: a device is asked the first ones."""
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
