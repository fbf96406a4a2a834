"""Compare the circuits that starts need, paired over test problems: intervals and verdicts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.verdict import Verdict, compare, verdicts
from fewqubit.starts.contest import Paths, arrival
from fewqubit.starts.descent import Costs
from fewqubit.starts.settings.contest import Contest

Values = Mapping[str, np.ndarray]  # [seeds, problems] for each start
AT = (0, 1, 5, 10, 50)  # steps at which errors are reported


class Arrived(NamedTuple):
    """One contestant on all test problems, of every size.

    errors:    before the first step and after each step
    steps:     steps to the target; if it was not reached, the step after the last
    reached:   whether the target was reached
    circuits:  circuits for these steps and the energy at their end, and for choosing the start
    success:   probability of measuring a ground state, before the first and after the last step
    """

    errors: Float[np.ndarray, "seeds problems times"]
    steps: Float[np.ndarray, "seeds problems"]
    reached: Float[np.ndarray, "seeds problems"]
    circuits: Float[np.ndarray, "seeds problems"]
    evaluations: Float[np.ndarray, "seeds problems"]
    success: Float[np.ndarray, "seeds problems 2"]


class Factor(NamedTuple):
    """The factor by which an opponent needs more than a learned start.

    ratio:      geometric mean of (need of the opponent)/(need of the learned start)
    low, high:  its interval, corrected over all comparisons (Holm)
    verdict:    on its logarithm
    """

    ratio: float
    low: float
    high: float
    verdict: Verdict

    @property
    def word(self) -> str:
        return self.verdict.word


class Against(NamedTuple):
    """A learned start against an opponent.

    circuits:  factor of circuits to the target
    steps:     factor of energy evaluations to the target, which are steps + 1
    at_start:  the verdict on the error before the first step
    """

    circuits: Factor
    steps: Factor
    at_start: Verdict


def arrived(paths: Sequence[Paths], costs: Sequence[Sequence[Costs]], target: float) -> Arrived:
    """Steps and circuits to the target, with problems of all sizes concatenated."""
    errors = np.concatenate([part.errors for part in paths], axis=1)
    evaluations = np.concatenate([part.evaluations for part in paths], axis=1)
    steps, reached = arrival(errors, target)
    bills = [cost for part in costs for cost in part]
    per_energy = np.array([bill.energy for bill in bills])
    per_gradient = np.array([bill.gradient for bill in bills])
    circuits = per_energy * (evaluations + steps + 1) + per_gradient * steps
    success = np.concatenate([part.success for part in paths], axis=1)
    return Arrived(errors, steps, reached, circuits, evaluations, success)


def against(
    learned: Mapping[str, Arrived],
    opponents: Mapping[str, Arrived],
    contest: Contest,
    key: PRNGKeyArray,
) -> dict[tuple[str, str], Against]:
    """Every learned start against every opponent; all comparisons share the resamples.

    If the target was not reached, circuits and steps of the whole descent are used. These are lower
    bounds, so a ratio over an opponent that did not reach it is too small.
    """
    n_problems = next(iter(learned.values())).steps.shape[1] if learned else 0
    if not n_problems:
        return {}
    resamples = episode_resamples(stream(key, "resamples"), n_problems, contest.resamples)
    pairs = [(one, other) for one in learned for other in opponents]

    def family(value: Values, margin: float) -> dict[tuple[str, str], Verdict]:
        found = {
            pair: compare(*_paired(value, pair), resamples, margin, contest.confidence)
            for pair in pairs
        }
        return verdicts(found, contest.confidence)

    def factors(needed: Values) -> dict[tuple[str, str], Factor]:
        logarithms = {name: -np.log(result) for name, result in needed.items()}
        verdict_of = family(logarithms, np.log(contest.margin))
        return {
            pair: _factor(_paired(logarithms, pair), verdict_of[pair], resamples, contest)
            for pair in pairs
        }

    everyone = {**learned, **opponents}
    circuits = factors({name: result.circuits for name, result in everyone.items()})
    steps = factors({name: result.steps + 1 for name, result in everyone.items()})
    at_start = family(
        {name: -result.errors[..., 0] for name, result in everyone.items()}, contest.alike_at_start
    )
    return {pair: Against(circuits[pair], steps[pair], at_start[pair]) for pair in pairs}


def mean_interval(
    values: Float[np.ndarray, "seeds problems"], contest: Contest, key: PRNGKeyArray
) -> tuple[float, float, float]:
    """The mean with its interval over new seeds and problems; with few problems, the range."""
    if values.shape[1] < 2:
        return float(values.mean()), float(values.min()), float(values.max())
    resamples = episode_resamples(stream(key, "resamples"), values.shape[1], contest.resamples)
    mean = distribution(values, resamples)
    low, high = interval(mean, contest.confidence)
    return float(values.mean()), float(low), float(high)


def _factor(
    pair: tuple[np.ndarray, np.ndarray], verdict: Verdict, resamples: np.ndarray, contest: Contest
) -> Factor:
    low = high = float("nan")
    if not verdict.comparison.too_few:
        level = 1 - (1 - contest.confidence) / verdict.multiplicity
        low, high = np.exp(interval(distribution(pair[0] - pair[1], resamples), level))
    return Factor(float(np.exp(verdict.comparison.difference)), float(low), float(high), verdict)


def _paired(values: Values, pair: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Pair by seed; a deterministic start is paired with each seed of the other."""
    one, other = values[pair[0]], values[pair[1]]
    seeds = max(len(one), len(other))
    if seeds == 1:
        seeds = 3  # neither is random: three equal rows have no spread over seeds
    one, other = (np.repeat(v, seeds, axis=0) if len(v) == 1 else v for v in (one, other))
    return one, other
