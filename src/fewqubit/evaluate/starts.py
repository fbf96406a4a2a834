"""Which start needs the fewest circuits: paired over test problems, with intervals and verdicts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.evaluate.verdict import Verdict, compare, verdicts
from fewqubit.keys import stream
from fewqubit.starts.contest import Paths, arrival
from fewqubit.starts.descent import Costs
from fewqubit.starts.settings import Contest

AT = (0, 1, 5, 10, 50)  # steps after which errors are told


class Arrived(NamedTuple):
    """One contestant on all test problems, of every size.

    errors:    before the first step and after each
    steps:     to the target; the step after the last where it was not reached
    reached:   whether it was
    circuits:  until the energy there is known, those for choosing the start included
    """

    errors: Float[np.ndarray, "seeds problems times"]
    steps: Float[np.ndarray, "seeds problems"]
    reached: Float[np.ndarray, "seeds problems"]
    circuits: Float[np.ndarray, "seeds problems"]
    evaluations: Float[np.ndarray, "seeds problems"]


class Against(NamedTuple):
    """A learned start against an opponent.

    ratio:      geometric mean of (circuits of the opponent)/(circuits of the learned start)
    low, high:  its interval, corrected over all comparisons (Holm)
    circuits:   the verdict on the logarithm of it
    at_start:   the verdict on the error before the first step
    """

    ratio: float
    low: float
    high: float
    circuits: Verdict
    at_start: Verdict


def arrived(paths: Sequence[Paths], costs: Sequence[Sequence[Costs]], target: float) -> Arrived:
    """Steps and circuits to the target, problems of all sizes side by side."""
    errors = np.concatenate([own.errors for own in paths], axis=1)
    evaluations = np.concatenate([own.evaluations for own in paths], axis=1)
    steps, reached = arrival(errors, target)
    bills = [cost for own in costs for cost in own]
    per_energy = np.array([bill.energy for bill in bills])
    per_gradient = np.array([bill.gradient for bill in bills])
    circuits = per_energy * (evaluations + steps + 1) + per_gradient * steps
    return Arrived(errors, steps, reached, circuits, evaluations)


def against(
    learned: Mapping[str, Arrived],
    opponents: Mapping[str, Arrived],
    contest: Contest,
    key: PRNGKeyArray,
) -> dict[tuple[str, str], Against]:
    """Every learned start against every opponent; problems are resampled alike for all.

    Circuits that did not reach the target stand with those of the last step, which is too few: a
    ratio against them is too small.
    """
    n_problems = next(iter(learned.values())).steps.shape[1] if learned else 0
    if not n_problems:
        return {}
    resamples = episode_resamples(stream(key, "resamples"), n_problems, contest.resamples)
    pairs = [(one, other) for one in learned for other in opponents]

    def family(value: Mapping[str, np.ndarray], margin: float) -> dict[tuple[str, str], Verdict]:
        found = {
            pair: compare(
                *_paired(value[pair[0]], value[pair[1]]), resamples, margin, contest.confidence
            )
            for pair in pairs
        }
        return verdicts(found, contest.confidence)

    everyone = {**learned, **opponents}
    circuits = family(
        {name: -np.log(own.circuits) for name, own in everyone.items()}, np.log(contest.margin)
    )
    at_start = family(
        {name: -own.errors[..., 0] for name, own in everyone.items()}, contest.target / 2
    )
    return {
        pair: _against(pair, everyone, circuits[pair], at_start[pair], resamples, contest)
        for pair in pairs
    }


def mean_interval(
    values: Float[np.ndarray, "seeds problems"], contest: Contest, key: PRNGKeyArray
) -> tuple[float, float, float]:
    """The mean with its interval over new seeds and problems; of few problems, their range."""
    if values.shape[1] < 2:
        return float(values.mean()), float(values.min()), float(values.max())
    resamples = episode_resamples(stream(key, "resamples"), values.shape[1], contest.resamples)
    mean = distribution(values, resamples)
    low, high = interval(mean, contest.confidence)
    return float(values.mean()), float(low), float(high)


def _against(
    pair: tuple[str, str],
    everyone: Mapping[str, Arrived],
    circuits: Verdict,
    at_start: Verdict,
    resamples: np.ndarray,
    contest: Contest,
) -> Against:
    one, other = _paired(*(-np.log(everyone[name].circuits) for name in pair))
    low = high = float("nan")
    if not circuits.comparison.too_few:
        level = 1 - (1 - contest.confidence) / circuits.multiplicity
        low, high = (
            float(np.exp(end)) for end in interval(distribution(one - other, resamples), level)
        )
    return Against(float(np.exp(circuits.comparison.difference)), low, high, circuits, at_start)


def _paired(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A start without randomness stands beside each seed of the other."""
    seeds = max(len(one), len(other))
    if seeds == 1:
        seeds = 3  # neither is random: three equal rows have no spread of seeds
    return tuple(np.repeat(v, seeds, axis=0) if len(v) == 1 else v for v in (one, other))  # type: ignore[return-value]
