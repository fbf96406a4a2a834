"""Does the challenger replace the champion? One test on the same frozen episodes."""

from typing import Any, NamedTuple

import jax

from fewqubit.config.gate import Gate
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.paired import Sample, pair
from fewqubit.evaluate.verdict import Verdict, compare, verdicts


class Contender(NamedTuple):
    """The challenger or the champion.

    name:        name in reports
    sample:      its accuracies on the episodes
    circuits:    circuits on a device to adapt to one task; 0 if classical
    parameters:  number of trained parameters
    """

    name: str
    sample: Sample
    circuits: float
    parameters: float


class Decision(NamedTuple):
    """The decision of the gate.

    promoted:  whether the challenger becomes champion
    reason:    why, in one line with its numbers
    verdict:   on challenger − champion
    cheaper:   whether the challenger is cheaper
    """

    promoted: bool
    reason: str
    verdict: Verdict
    cheaper: bool

    def as_dict(self) -> dict[str, Any]:
        """The decision in JSON form."""
        row = self.verdict.comparison
        return {
            "promoted": self.promoted,
            "reason": self.reason,
            "word": self.verdict.word,
            "difference": row.difference,
            "low": row.low,
            "high": row.high,
            "p_difference": row.p_difference,
            "p_equivalence": row.p_equivalence,
            "cheaper": self.cheaper,
        }


def decide(challenger: Contender, champion: Contender, gate: Gate) -> Decision:
    """One comparison at full level; seed s is paired with seed s, as far as both have seeds.

    Raises ArtifactError: they did not answer the same number of episodes.
    """
    trained = [len(one.sample.values) for one in (challenger, champion) if one.sample.random]
    n = min(trained, default=1)
    both = pair(*(_first(one.sample, n) for one in (challenger, champion)))
    n_episodes = both.one.shape[1]
    resamples = episode_resamples(jax.random.key(n_episodes), n_episodes, gate.resamples)
    row = compare(both.one, both.other, resamples, gate.margin, gate.confidence)
    verdict = verdicts({"": row}, gate.confidence)[""]
    cheaper = is_cheaper(challenger, champion, gate)
    promoted = verdict.word == "better" or (verdict.word == "equivalent" and cheaper)
    return Decision(promoted, _reason(challenger, champion, verdict, cheaper), verdict, cheaper)


def is_cheaper(challenger: Contender, champion: Contender, gate: Gate) -> bool:
    """No more circuits and no more parameters, and fewer of one by the declared share."""
    costs = [
        (challenger.circuits, champion.circuits),
        (challenger.parameters, champion.parameters),
    ]
    less = any(cost < (1 - gate.cheaper_by) * other for cost, other in costs)
    return less and all(cost <= other for cost, other in costs)


def _first(sample: Sample, n: int) -> Sample:
    if not sample.random:
        return sample
    cells = None if sample.cells is None else sample.cells[:n]
    return sample._replace(values=sample.values[:n], cells=cells, learned=sample.learned[:n])


def _reason(challenger: Contender, champion: Contender, verdict: Verdict, cheaper: bool) -> str:
    row = verdict.comparison
    word = {"better": "better", "worse": "worse", "equivalent": "equivalent"}.get(verdict.word)
    found = word or (f"undecided ({row.too_few})" if row.too_few else "undecided")
    price = "cheaper" if cheaper else "not cheaper"
    return (
        f"{challenger.name} is {found} and {price}: {100 * row.difference:+.1f} points "
        f"({100 * row.low:+.1f} to {100 * row.high:+.1f}) against {champion.name}; "
        f"{_costs(challenger, champion)}"
    )


def _costs(own: Contender, other: Contender) -> str:
    """``12 circuits to adapt instead of 0, as many trained parameters (3133)``."""
    if own.circuits == other.circuits == 0:
        circuits = "neither runs circuits to adapt"
    else:
        circuits = _cost(own.circuits, other.circuits, "circuits to adapt")
    return f"{circuits}, {_cost(own.parameters, other.parameters, 'trained parameters')}"


def _cost(own: float, other: float, what: str) -> str:
    return f"as many {what} ({own:g})" if own == other else f"{own:g} {what} instead of {other:g}"
