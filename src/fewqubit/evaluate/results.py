"""Results of one learner on the frozen episodes; ``result_files`` writes them."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.evaluate.intervals import distribution, interval
from fewqubit.evaluate.paired import spread
from fewqubit.tasks.answers import shares


class Accuracies(NamedTuple):
    """Accuracy of each training seed in each episode, on the same queries.

    before:    without any support, i.e. before adaptation
    after:     adapted to the support
    permuted:  adapted to the support with its labels permuted; a fair learner falls to chance
    by_class:  adapted to the support, for the queries of each class of the episode
    """

    before: Float[np.ndarray, "seeds episodes"]
    after: Float[np.ndarray, "seeds episodes"]
    permuted: Float[np.ndarray, "seeds episodes"]
    by_class: Float[np.ndarray, "seeds episodes n_way"] | None = None


class AdaptationPoint(NamedTuple):
    """Mean accuracy over the episodes after ``value`` adaptation steps or shots per class."""

    setting: Literal["steps", "shots"]
    value: int
    seed: int
    accuracy: float


def tie_accuracy(
    logits: Float[np.ndarray, "... q n_way"], y: Int[np.ndarray, "... q"]
) -> Float[np.ndarray, "..."]:
    """Mean accuracy over the queries; ties share (``shares``)."""
    return np.take_along_axis(shares(logits), y[..., None], -1)[..., 0].mean(-1)


def class_accuracy(
    logits: Float[np.ndarray, "... q n_way"], y: Int[np.ndarray, "... q"]
) -> Float[np.ndarray, "... n_way"]:
    """``tie_accuracy`` of the queries of each class."""
    right = np.take_along_axis(shares(logits), y[..., None], -1)
    member = np.eye(logits.shape[-1])[np.asarray(y)]
    return (right * member).sum(-2) / member.sum(-2)


def confusion(
    given: Float[np.ndarray, "... q n_way"],
    y: Int[np.ndarray, "... q"],
    class_ids: Int[np.ndarray, "... n_way"],
    n_classes: int,
) -> Float[np.ndarray, "true predicted"]:
    """How often each class was predicted for each true class, summed over all leading axes."""
    true = np.take_along_axis(class_ids, y, -1)[..., None]
    predicted = np.broadcast_to(class_ids[..., None, :], given.shape)
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (np.broadcast_to(true, given.shape), predicted), given)
    return counts


def metrics(
    accuracies: Accuracies,
    chance: float,
    resamples: Float[np.ndarray, "resamples episodes"],
    confidence: float,
    random: bool = True,
    groups: Int[np.ndarray, "episodes n_way"] | None = None,
    least: float = 0.0,
) -> dict[str, float]:
    """Figures of metrics.json: the mean accuracy with its interval, before, and permuted.

    ``groups``: groups of the classes of each episode; with at least ten groups the interval
    covers new classes. ``least``: lower bound of the score. ``random``: whether training is random;
    that of plain baselines is not. The spread of one random seed, or of one episode, is unknown;
    the interval then spans all possible values.
    """
    low, high = least, 1.0
    n_seeds, n_episodes = accuracies.after.shape
    if n_episodes > 1 and (n_seeds > 1 or not random):
        classes = None if groups is None else spread(accuracies.by_class, groups)
        mean = distribution(accuracies.after, resamples, classes)
        low, high = (float(end) for end in np.clip(interval(mean, confidence), least, 1.0))
    return {
        "accuracy": float(accuracies.after.mean()),
        "accuracy_low": low,
        "accuracy_high": high,
        "accuracy_before": float(accuracies.before.mean()),
        "accuracy_permuted": float(accuracies.permuted.mean()),
        "chance": chance,
    }
