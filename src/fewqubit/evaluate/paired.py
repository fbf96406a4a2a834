"""Pair two results on the same episodes, seed by seed, for a comparison."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from fewqubit.errors import ArtifactError
from fewqubit.evaluate.classes import MIN_CLASSES, ClassSpread, class_spread
from fewqubit.evaluate.intervals import MIN_SEEDS


class Sample(NamedTuple):
    """Accuracies of one result.

    values:   accuracy of each seed in each episode
    cells:    accuracy for each class of the episode; None if unknown
    learned:  seeds that did not fail
    random:   whether training is random; that of a plain baseline is not
    """

    values: Float[np.ndarray, "seeds episodes"]
    cells: Float[np.ndarray, "seeds episodes n_way"] | None
    learned: Bool[np.ndarray, " seeds"]
    random: bool


class Pair(NamedTuple):
    """Both results for seeds that learned in both, and their difference per class and episode."""

    one: Float[np.ndarray, "seeds episodes"]
    other: Float[np.ndarray, "seeds episodes"]
    cells: Float[np.ndarray, "seeds episodes n_way"] | None


def pair(one: Sample, other: Sample) -> Pair:
    """Pair seed s with seed s; a deterministic baseline is paired with each seed.

    If no seed of a result learned, all of its seeds count, since its failure is systematic.

    Raises ArtifactError if the episodes or the seeds of the two cannot be paired.
    """
    if one.values.shape[1] != other.values.shape[1]:
        raise ArtifactError(
            f"expected results on the same episodes, got {one.values.shape[1]} and "
            f"{other.values.shape[1]}; run `dvc repro` so that all learners see the same manifest"
        )
    # two baselines have no seeds, so they cannot have too few
    seeds = [len(sample.values) for sample in (one, other) if sample.random] or [MIN_SEEDS]
    if len(set(seeds)) > 1:
        raise ArtifactError(
            f"expected as many training seeds in both arms, got {seeds[0]} and {seeds[1]}; "
            "train both with the same `seeds`"
        )
    kept = np.ones(seeds[0], dtype=bool)
    for sample in (one, other):
        if sample.random and sample.learned.any():
            kept &= sample.learned
    first, second = (_rows(sample.values, sample.random, kept) for sample in (one, other))
    if one.cells is None or other.cells is None:
        return Pair(first, second, None)
    of_class = (_rows(s.cells, s.random, kept) for s in (one, other) if s.cells is not None)
    return Pair(first, second, next(of_class) - next(of_class))


def _rows(values: np.ndarray, random: bool, kept: np.ndarray) -> np.ndarray:
    rows: np.ndarray = values[kept] if random else np.repeat(values, kept.sum(), axis=0)
    return rows


def spread(
    cells: Float[np.ndarray, "seeds episodes n_way"] | None,
    groups: Int[np.ndarray, "episodes n_way"],
) -> ClassSpread | None:
    """Spread over classes; None if there are too few classes to estimate it."""
    if cells is None or not len(cells) or len(np.unique(groups)) < MIN_CLASSES:
        return None
    return class_spread(cells, groups)
