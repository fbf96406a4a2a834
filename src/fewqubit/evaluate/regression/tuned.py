"""Tune a plain regression on the validation episodes and test it on the frozen test episodes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray
from threadpoolctl import threadpool_limits

from fewqubit.base.keys import stream
from fewqubit.config import Baselines, Evaluation
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.regression.baselines import Answer, Candidates, Taught
from fewqubit.evaluate.regression.score import NO_LEAST, explained
from fewqubit.evaluate.results import Accuracies, metrics
from fewqubit.tasks import Episode, Task


class Numbers(NamedTuple):
    """Rows, their numbers, the task of each, and the meta-train tasks."""

    x: Float[np.ndarray, "N *feature"]
    targets: Float[np.ndarray, "N 1"]
    y: Int[np.ndarray, " N"]
    meta_train: Sequence[int]


class TunedNumbers(NamedTuple):
    """Results of a tuned regression on the test episodes, and the figures for metrics.json."""

    accuracies: Accuracies
    figures: dict[str, Any]


# One BLAS thread: many small products are slower with more, and their last digits would vary.
@threadpool_limits.wrap(limits=1, user_api="blas")
def tuned_numbers(
    make: Candidates,
    grid: Baselines,
    numbers: Numbers,
    episodes: tuple[Episode, Episode],
    groups: Sequence[str],
    reading: Evaluation,
    key: PRNGKeyArray,
) -> TunedNumbers:
    """Choose the best candidate on the first of ``episodes`` and test it on the second."""
    validation, test = (_task(one, numbers.x, numbers.targets) for one in episodes)
    candidates = make(grid, _taught(numbers))
    found = [_score(one.answer, validation).mean() for one in candidates]
    best = candidates[int(np.argmax(found))]
    random = np.random.default_rng(np.asarray(jax.random.key_data(stream(key, "permuted"))))
    wrong = test._replace(support_y=random.permuted(test.support_y, axis=1))
    after, permuted = (_score(best.answer, one)[None] for one in (test, wrong))
    before = explained(np.zeros_like(test.query_y), test.query_y)[None]  # meta-train's mean
    accuracies = Accuracies(before, after, permuted, after[..., None])
    resamples = episode_resamples(stream(key, "resamples"), after.shape[1], reading.resamples)
    members = np.asarray(groups)[episodes[1].class_ids]
    common = metrics(accuracies, 0.0, resamples, reading.confidence, False, members, NO_LEAST)
    costs = {"n_parameters": 0, "circuit_evaluations_adapt": 0, "circuit_evaluations_per_query": 0}
    chosen = {f"tuned_{what}": value for what, value in best.point.items()}
    return TunedNumbers(accuracies, {**common, **costs, **chosen})


def _taught(numbers: Numbers) -> Taught:
    rows = np.isin(numbers.y, numbers.meta_train)
    flat = numbers.x.reshape(len(numbers.x), -1)[rows].astype(float)
    return Taught(flat, numbers.targets[rows, 0].astype(float), numbers.y[rows])


def _score(answer: Answer, tasks: Task) -> Float[np.ndarray, " E"]:
    return explained(answer(tasks), tasks.query_y)


def _task(episodes: Episode, x: np.ndarray, targets: np.ndarray) -> Task:
    """All tasks of the episodes, in double precision."""
    flat, numbers = x.reshape(len(x), -1).astype(float), targets[:, 0].astype(float)
    support, query = episodes.support_rows, episodes.query_rows
    return Task(flat[support], numbers[support], flat[query], numbers[query])
