"""Compare starts: each tunes its descent on validation problems, then runs on test problems."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.contract import Params, StartLearner
from fewqubit.starts.descent import Start, descend_at, either
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Descent, Goal

AT_ONCE = 2**19  # amplitudes computed in parallel; they fit in the caches


class Paths(NamedTuple):
    """Results of the starts on several problems.

    errors:       before the first step and after each step, as ``Landscape.error``
    evaluations:  energies measured to choose the start
    success:      probability of measuring a ground state, before the first and after the last step
    """

    errors: Float[np.ndarray, "seeds problems times"]
    evaluations: Float[np.ndarray, "seeds problems"]
    success: Float[np.ndarray, "seeds problems 2"]


class Lane(NamedTuple):
    """One contestant: its learner and its learned parameters, with a leading seed axis."""

    learner: StartLearner
    params: Params
    seeds: int


def starts(lane: Lane, problems: Landscape, key: PRNGKeyArray) -> Start:
    """The start of every seed on every problem, [seeds, problems, …]."""

    def one(params: Params, seed: Array, problem: Landscape, number: Array) -> Start:
        return lane.learner.adapt(params, problem, stream(key, "start", seed, number))

    numbers = jnp.arange(len(problems.unit)), jnp.arange(lane.seeds)
    by_problem = jax.vmap(one, (None, None, 0, 0))
    by_seed = jax.jit(jax.vmap(by_problem, (0, 0, None, None)))
    found: Start = by_seed(lane.params, numbers[1], problems, numbers[0])
    return found


def paths(
    ansatz: Ansatz,
    energy: Energy,
    start: Start,
    problems: Landscape,
    descents: Sequence[Descent],
    steps: int,
) -> list[Paths]:
    """The paths from every start, for each of ``descents``."""
    rates = jnp.array([descent.rate for descent in descents])
    adam = jnp.array([descent.rule == "adam" for descent in descents])
    seeds, number = start.evaluations.shape
    fit = AT_ONCE // (len(rates) * seeds * problems.diagonal.shape[-1])
    # a remainder of another size would be compiled again
    chunk = max(size for size in range(1, number + 1) if number % size == 0 and size <= max(fit, 1))
    runner = _runner(ansatz, energy, steps, chunk)
    errors, success = (np.asarray(part) for part in runner(start, problems, adam, rates))
    evaluations = np.asarray(start.evaluations)
    by_rate = errors.transpose(1, 2, 0, 3), success.transpose(1, 2, 0, 3)
    return [Paths(one, evaluations, hit) for one, hit in zip(*by_rate, strict=True)]


@cache
def _runner(
    ansatz: Ansatz, energy: Energy, steps: int, chunk: int
) -> Callable[[Start, Landscape, Array, Array], tuple[Array, Array]]:
    """Compiled once for all contestants with the same number of seeds, all rules and rates."""
    success = ansatz.success()

    def one(start: Start, problem: Landscape, adam: Array, rate: Array) -> tuple[Array, Array]:
        angles, energies = descend_at(energy, start, problem, either(adam), rate, steps)
        ends = jnp.stack([success(angles[0], problem), success(angles[-1], problem)])
        return problem.error(energies), ends

    by_seed = jax.vmap(one, (0, None, None, None))
    by_descent = jax.vmap(by_seed, (None, None, 0, 0))

    @jax.jit
    def run(start: Start, problems: Landscape, adam: Array, rates: Array) -> tuple[Array, Array]:
        by_problem = jax.tree.map(lambda leaf: jnp.swapaxes(leaf, 0, 1), start)
        return jax.lax.map(
            lambda at: by_descent(at[0], at[1], adam, rates),
            (by_problem, problems),
            batch_size=chunk,
        )

    return run


class Tuned(NamedTuple):
    """The descent that a contestant has chosen, and the validation score of each descent."""

    descent: Descent
    tried: dict[str, float]

    def words(self) -> str:
        """``adam 0.03``."""
        return f"{self.descent.rule} {self.descent.rate:g}"


def tune(
    ansatz: Ansatz,
    energy: Energy,
    lane: Lane,
    validation: Sequence[Landscape],
    key: PRNGKeyArray,
    descents: Sequence[Descent],
    goal: Goal,
) -> Tuned:
    """The descent that reaches the target in the fewest steps on average; the error breaks ties.

    Every contestant chooses from the same ``descents``. A path that does not reach the target
    counts as reaching it one step after the last.
    """
    started = [(starts(lane, problems, key), problems) for problems in validation]
    results = [paths(ansatz, energy, *one, descents, goal.steps) for one in started]
    scores = {
        descent: float(np.mean([_score(result[number].errors, goal) for result in results]))
        for number, descent in enumerate(descents)
    }
    best = min(scores, key=lambda descent: scores[descent])
    return Tuned(best, {f"{one.rule} {one.rate:g}": score for one, score in scores.items()})


def arrival(
    errors: Float[np.ndarray, "... times"], target: float
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """The first step at which the error is at most ``target``, and whether there is one.

    Where there is none, the step after the last is returned; the true number is larger.
    """
    there = errors <= target
    reached = there.any(-1)
    return np.where(reached, there.argmax(-1), errors.shape[-1]).astype(float), reached


def _score(errors: Float[np.ndarray, "seeds problems times"], goal: Goal) -> float:
    """Mean steps to the target, plus the mean error along the path with a small weight."""
    clean = np.nan_to_num(errors, nan=1e3, posinf=1e3)
    return float(arrival(clean, goal.target)[0].mean() + 1e-3 * np.minimum(clean, 1e3).mean())
