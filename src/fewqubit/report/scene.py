"""What all comparisons of a study share, and the verdicts on a family of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.evaluate.failures import failed_seeds
from fewqubit.evaluate.intervals import episode_resamples, too_few
from fewqubit.evaluate.paired import Pair, Sample, pair, spread
from fewqubit.evaluate.verdict import Comparison, Name, Verdict, compare, verdicts
from fewqubit.report.gather import Result
from fewqubit.report.words import floor
from fewqubit.tasks.scores import ACCURACY, FIELD


class Scene(NamedTuple):
    """What all comparisons of a study share; a device is asked fewer episodes, drawn apart.

    ``known``: comparisons so far, since tables ask for half of them twice
    """

    reading: Evaluation
    key: PRNGKeyArray
    groups: Int[np.ndarray, "episodes n_way"]
    resamples: Float[np.ndarray, "resamples episodes"]
    known: dict[Any, Comparison]

    def compare(self, one: Pair, family: float) -> Comparison:
        """Compare the seeds that learned; new classes too, where there are enough."""
        key = family, *(None if part is None else part.tobytes() for part in one)
        if key not in self.known:
            self.known[key] = self._compared(one, family)
        return self.known[key]

    def _compared(self, one: Pair, family: float) -> Comparison:
        reading, n_episodes = self.reading, one.one.shape[1]
        resamples = self.resamples
        if n_episodes < len(self.groups):
            resamples = episode_resamples(self.key, n_episodes, reading.resamples)
        classes = spread(one.cells, self.groups[:n_episodes])
        ends = reading.margin, reading.confidence, family, classes
        return compare(one.one, one.other, resamples, *ends)

    def with_interval(self, verdict: Verdict, one: Pair) -> Verdict:
        """The verdict with its interval at the level at which Holm's procedure tested it."""
        row = self.compare(one, verdict.multiplicity)
        return verdict._replace(low=row.low_all, high=row.high_all)


def sample(row: Result, reading: Evaluation) -> Sample:
    """Accuracies of a result, and which of its seeds learned."""
    accuracies = row.accuracies
    learned = np.ones(len(accuracies.after), dtype=bool)
    if row.card:
        least, _ = floor(row.card.get(FIELD, ACCURACY.name), row.metrics["chance"])
        learned = ~failed_seeds(row.card["validation_accuracy"], least, reading.failed_below)
    return Sample(accuracies.after, accuracies.by_class, learned, row.card is not None)


def paired(one: Result, other: Result, reading: Evaluation) -> Pair:
    """Both results, where both learned."""
    return pair(sample(one, reading), sample(other, reading))


def family(pairs: Mapping[Name, Pair], scene: Scene) -> dict[Name, Verdict]:
    """A verdict on every pair, corrected for all of them (Holm)."""
    tested = [one for one in pairs.values() if not too_few(*one.one.shape)]
    compared = {name: scene.compare(one, max(len(tested), 1)) for name, one in pairs.items()}
    found = verdicts(compared, scene.reading.confidence)
    return {name: scene.with_interval(row, pairs[name]) for name, row in found.items()}
