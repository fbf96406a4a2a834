"""Tune a plain baseline on the validation episodes and test it on the frozen test episodes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray
from threadpoolctl import threadpool_limits

from fewqubit.base.io.finite import check_finite
from fewqubit.base.keys import stream
from fewqubit.config import Baselines, Evaluation
from fewqubit.evaluate.baselines.candidates import Baseline, Candidate, Classify
from fewqubit.evaluate.baselines.embeddings import Embed, Known
from fewqubit.evaluate.honesty import check_permuted
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    class_accuracy,
    confusion,
    metrics,
    tie_accuracy,
)
from fewqubit.evaluate.shots import nested_support, shots
from fewqubit.tasks import Episode, Task, first_episodes, tasks_of
from fewqubit.tasks.answers import shares

CHUNK = 100  # episodes in memory at once


class Tuned(NamedTuple):
    """Results of a tuned baseline on the test episodes.

    chosen:      the candidate that was best on the validation episodes
    curve:       accuracy by shots per class; 0 shots is before adaptation
    confusion:   answers by true and predicted class
    """

    chosen: Candidate
    accuracies: Accuracies
    curve: list[AdaptationPoint]
    confusion: Float[np.ndarray, "true predicted"]

    @property
    def point(self) -> Mapping[str, float | str]:
        """Its hyper-parameters."""
        return self.chosen.point


# One BLAS thread: many small products are slower with more, and their last digits would vary.
@threadpool_limits.wrap(limits=1, user_api="blas")
def evaluate_baseline(
    baseline: Baseline,
    grid: Baselines,
    features: Float[np.ndarray, "N *feature"],
    y: Int[np.ndarray, " N"],
    meta_train: Sequence[int],
    validation: Episode,
    test: Episode,
    reading: Evaluation,
    key: PRNGKeyArray,
) -> Tuned:
    """Tune ``baseline`` on ``validation``, then test it.

    Before any task it may learn only from the classes ``meta_train``. ``key`` is for permuted
    labels, extra shots and the baseline's own randomness.
    """
    x = features.reshape(len(features), -1)
    known = known_rows(features, x, y, meta_train, test)
    candidates = baseline.candidates(grid, known, stream(key, "baseline"))
    chosen = _best(candidates, x, y, validation)
    _, classify, embed = chosen
    embedded, truth = _embedded(embed, x, y, test), _truth(test)
    given = _answers(classify, embedded, test)
    fallen = _answers(classify, embedded, test, stream(key, "permuted"))
    after, permuted = (tie_accuracy(part, truth) for part in (given, fallen))
    before = np.full_like(after, 1 / test.class_ids.shape[1])
    some = first_episodes(test, reading.curve_episodes)
    curve = _curve(classify, embedded, y, some, reading.curve_shots, stream(key, "shots"))
    counts = confusion(given, truth, test.class_ids, int(y.max()) + 1)
    by_class = class_accuracy(given, truth)
    accuracies = Accuracies(*(part[None] for part in (before, after, permuted, by_class)))
    return Tuned(chosen, accuracies, curve, counts)


def tuned_figures(
    tuned: Tuned,
    baseline: Baseline,
    test: Episode,
    groups: Sequence[str],
    reading: Evaluation,
    key: PRNGKeyArray,
    name: str,
) -> dict[str, Any]:
    """Figures for metrics.json; ``key`` is that of ``evaluate_baseline``.

    ``groups``: origin of each class. Raises HonestyError: accuracy on permuted support labels is
    not at chance.
    """
    chance = 1 / test.class_ids.shape[1]
    check_permuted(tuned.accuracies.permuted, chance, name)
    resamples = episode_resamples(stream(key, "resamples"), len(test.class_ids), reading.resamples)
    ends = resamples, reading.confidence, False, np.asarray(groups)[test.class_ids]
    n = test.support_rows.shape[1] if baseline.pairs else 0  # its kernel is measured by pairs
    return {
        **metrics(tuned.accuracies, chance, *ends),
        "n_parameters": 0,
        "circuit_evaluations_adapt": n * (n - 1) // 2,
        "circuit_evaluations_per_query": n,
        **{f"tuned_{what}": value for what, value in tuned.point.items()},
    }


def known_rows(
    features: np.ndarray, x: np.ndarray, y: np.ndarray, meta_train: Sequence[int], test: Episode
) -> Known:
    """The rows of the meta-train classes, and the shape of the tasks to come."""
    rows, n_way = np.isin(y, meta_train), test.class_ids.shape[1]
    n_shot = test.support_rows.shape[1] // n_way
    return Known(x[rows].astype(float), y[rows], features.shape[1:], n_way, n_shot)


def _best(
    candidates: list[Candidate], x: np.ndarray, y: np.ndarray, validation: Episode
) -> Candidate:
    """The candidate with the highest validation accuracy; the first one if tied."""
    if len(candidates) == 1:
        return candidates[0]
    truth, scores = _truth(validation), []
    for embed, group in groupby(candidates, key=lambda one: one.embed):
        embedded = _embedded(embed, x, y, validation)  # once for all candidates with this embedding
        scores += [
            tie_accuracy(_answers(one.classify, embedded, validation), truth).mean()
            for one in group
        ]
    return candidates[int(np.argmax(scores))]


def _embedded(embed: Embed, x: np.ndarray, y: np.ndarray, episodes: Episode) -> np.ndarray:
    """``embed`` applied to the rows of the episodes' classes only."""
    rows = np.isin(y, np.asarray(episodes.class_ids))
    made = embed(x[rows])
    embedded = np.zeros((len(x), *made.shape[1:]), made.dtype)
    embedded[rows] = made
    return embedded


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
    """Answers of ``classify``; with ``key_permute`` it gets permuted support labels."""
    random = None
    if key_permute is not None:
        random = np.random.default_rng(np.asarray(jax.random.key_data(key_permute)))
    given = []
    for tasks in chunks(x, episodes):
        if random is not None:
            tasks = tasks._replace(support_y=random.permuted(tasks.support_y, axis=1))
        logits = classify(tasks)
        check_finite(logits, "the answers", ["episode", "query"], "its features may be too large")
        given.append(shares(logits))
    return np.concatenate(given)


def chunks(x: np.ndarray, episodes: Episode) -> Iterator[Task]:
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
