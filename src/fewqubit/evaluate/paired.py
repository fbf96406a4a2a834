"""Two results on the same episodes, seed by seed, as a comparison takes them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from fewqubit.errors import ArtifactError
from fewqubit.evaluate.classes import MIN_CLASSES, ClassSpread, class_spread
from fewqubit.evaluate.intervals import MIN_SEEDS


class Sample(NamedTuple):
    """Accuracies of one result.

    values:   of each seed in each episode
    cells:    of each class of the episode apart; None where that is not known
    learned:  seeds that did not fail
    random:   whether training is, as that of a plain baseline is not
    """

    values: Float[np.ndarray, "seeds episodes"]
    cells: Float[np.ndarray, "seeds episodes n_way"] | None
    learned: Bool[np.ndarray, " seeds"]
    random: bool


class Pair(NamedTuple):
    """Both results where both learned, and their difference on each class of each episode."""

    one: Float[np.ndarray, "seeds episodes"]
    other: Float[np.ndarray, "seeds episodes"]
    cells: Float[np.ndarray, "seeds episodes n_way"] | None


def pair(one: Sample, other: Sample) -> Pair:
    """Seed s with seed s; a baseline, which has no randomness, with each.

    Where no seed of a result learned, all of them count: then its failure is no accident.

    Raises ArtifactError if the episodes or the seeds of the two cannot be paired.
    """
    if one.values.shape[1] != other.values.shape[1]:
        raise ArtifactError(
            f"expected results on the same episodes, got {one.values.shape[1]} and "
            f"{other.values.shape[1]}; run `dvc repro` so that all learners see the same manifest"
        )
    # two baselines have no seeds to be few of: copies of one have no spread
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
    """Spread over classes; None where they are too few to be a sample of others like them."""
    if cells is None or not len(cells) or len(np.unique(groups)) < MIN_CLASSES:
        return None
    return class_spread(cells, groups)
