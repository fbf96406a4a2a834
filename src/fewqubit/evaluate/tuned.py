"""A plain baseline, tuned on the validation episodes, on the frozen test episodes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray
from threadpoolctl import threadpool_limits

from fewqubit.config import Baselines, Evaluation
from fewqubit.evaluate.baselines import Baseline, Classify, Point
from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    answers,
    class_accuracy,
    confusion,
    tie_accuracy,
)
from fewqubit.evaluate.shots import nested_support, shots
from fewqubit.finite import check_finite
from fewqubit.keys import stream
from fewqubit.tasks import Episode, Task, first_episodes, tasks_of

CHUNK = 100  # episodes in memory at once


class Tuned(NamedTuple):
    """What a tuned baseline did on the test episodes.

    point:       the hyper-parameters that were best on the validation episodes
    curve:       accuracy against shots per class; 0 shots is before adaptation
    confusion:   answers by true and answered class
    """

    point: Point
    accuracies: Accuracies
    curve: list[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]


# One BLAS thread: many small products are slower with more, and their last digits would vary.
@threadpool_limits.wrap(limits=1, user_api="blas")
def evaluate_baseline(
    baseline: Baseline,
    grid: Baselines,
    features: Float[np.ndarray, "N *feature"],
    y: Int[np.ndarray, " N"],
    validation: Episode,
    test: Episode,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> Tuned:
    """Tune ``baseline`` on ``validation``, then test it.

    ``key`` permutes labels, draws shots and what the baseline itself draws.
    """
    x = features.reshape(len(features), -1)
    point, classify = _best(baseline.candidates(grid, stream(key, "baseline")), x, validation)
    given, truth = _answers(classify, x, test), _truth(test)
    fallen = _answers(classify, x, test, stream(key, "permuted"))
    after, permuted = (tie_accuracy(part, truth) for part in (given, fallen))
    before = np.full_like(after, 1 / test.class_ids.shape[1])
    some = first_episodes(test, reading.curve_episodes)
    curve = _curve(classify, x, y, some, reading.curve_shots, stream(key, "shots"))
    counts = confusion(given, truth, test.class_ids, int(y.max()) + 1)
    by_class = class_accuracy(given, truth)
    accuracies = Accuracies(*(part[None] for part in (before, after, permuted, by_class)))
    return Tuned(point, accuracies, curve, counts)


def _best(
    candidates: list[tuple[Point, Classify]], x: np.ndarray, validation: Episode
) -> tuple[Point, Classify]:
    """The candidate with the highest validation accuracy; of equals the first."""
    if len(candidates) == 1:
        return candidates[0]
    truth = _truth(validation)
    scores = [
        tie_accuracy(_answers(classify, x, validation), truth).mean() for _, classify in candidates
    ]
    return candidates[int(np.argmax(scores))]


def _curve(
    classify: Classify,
    x: np.ndarray,
    y: np.ndarray,
    some: Episode,
    sizes: Sequence[int],
    key: PRNGKeyArray,
) -> list[AdaptationPoint]:
    """Mean accuracy at each number of shots per class, on the same queries."""
    nested, truth = nested_support(key, some, x, y, sizes), _truth(some)
    n_shot = some.support_rows.shape[1] // some.class_ids.shape[1]
    points = [AdaptationPoint("shots", 0, 0, 1 / some.class_ids.shape[1])]
    for n in sorted({n_shot, *sizes}):
        if n <= nested.shape[-1]:
            given = _answers(classify, x, shots(some, nested, n))
            points.append(AdaptationPoint("shots", n, 0, float(tie_accuracy(given, truth).mean())))
    return points


def _answers(
    classify: Classify, x: np.ndarray, episodes: Episode, key_permute: PRNGKeyArray | None = None
) -> Float[np.ndarray, "episodes q n_way"]:
    """Answers of ``classify``, which learns from shuffled labels if ``key_permute`` is given."""
    random = None
    if key_permute is not None:
        random = np.random.default_rng(np.asarray(jax.random.key_data(key_permute)))
    given = []
    for tasks in _chunks(x, episodes):
        if random is not None:
            tasks = tasks._replace(support_y=random.permuted(tasks.support_y, axis=1))
        logits = classify(tasks)
        check_finite(logits, "the answers", ["episode", "query"], "its features may be too large")
        given.append(answers(logits))
    return np.concatenate(given)


def _chunks(x: np.ndarray, episodes: Episode) -> Iterator[Task]:
    """The tasks in double precision, some at a time."""
    double = np.result_type(x, np.float64)
    for start in range(0, len(episodes.class_ids), CHUNK):
        tasks = tasks_of(episodes, x, slice(start, start + CHUNK))
        support, query = (part.astype(double) for part in (tasks.support_x, tasks.query_x))
        labels = np.asarray(tasks.support_y), np.asarray(tasks.query_y)
        yield Task(support, labels[0], query, labels[1])


def _truth(episodes: Episode) -> Int[np.ndarray, "episodes q"]:
    """The right labels of the queries, class-major in every episode."""
    n_way, n_rows = episodes.class_ids.shape[1], episodes.query_rows.shape[1]
    labels = np.repeat(np.arange(n_way), n_rows // n_way)
    return np.broadcast_to(labels, episodes.query_rows.shape)
