"""Made-up studies whose truth is known: noise of several shapes on seeds, episodes and classes."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.evaluate.classes import class_spread
from fewqubit.evaluate.intervals import below, distribution
from fewqubit.evaluate.verdict import holm

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], np.ndarray]
ALPHA = 0.05


def normal(random: np.random.Generator, size: Shape) -> np.ndarray:
    """Gaussian noise."""
    return random.standard_normal(size)


def heavy_tails(random: np.random.Generator, size: Shape) -> np.ndarray:
    """Student's t with 3 degrees of freedom: now and then far out."""
    return random.standard_t(3, size) / np.sqrt(3)


def skewed(random: np.random.Generator, size: Shape, sigma: float = 1.0) -> np.ndarray:
    """Minus a log-normal: mostly a little above the mean, at times far below (skewness −6.2)."""
    spread = np.exp(sigma**2 / 2) * np.sqrt(np.expm1(sigma**2))
    return (np.exp(sigma**2 / 2) - random.lognormal(0, sigma, size)) / spread


def few_dominate(random: np.random.Generator, size: Shape) -> np.ndarray:
    """One value in ten has five times the spread of the others."""
    wide = np.where(random.random(size) < 0.1, 5.0, 1.0)
    return wide * random.standard_normal(size) / np.sqrt(0.9 + 0.1 * 25)


def one_in_five_fails(random: np.random.Generator, size: Shape) -> np.ndarray:
    """Two values, the lower one in five times."""
    return np.where(random.random(size) < 0.2, -2.0, 0.5)


SHAPES: Mapping[str, Draw] = {
    "normal": normal,
    "heavy tails (t₃)": heavy_tails,
    "skewed (log-normal)": skewed,
    "few dominate": few_dominate,
}


class Spread(NamedTuple):
    """Standard deviations, in accuracy, of an arm's seeds, episodes, and the rest."""

    seed: float
    episode: float
    rest: float


def arm(
    random: np.random.Generator, draw: Draw, spread: Spread, size: tuple[int, int, int]
) -> Float[np.ndarray, "comparisons seeds episodes"]:
    """What one arm has apart from the other: each effect of the same shape, mean 0."""
    n, seeds, episodes = size
    shapes = (n, seeds, 1), (n, 1, episodes), (n, seeds, episodes)
    return np.asarray(sum(s * draw(random, of) for s, of in zip(spread, shapes, strict=True)))


def p_values(
    values: Float[np.ndarray, "comparisons seeds episodes"],
    resamples: Float[np.ndarray, "resamples episodes"],
    groups: Int[np.ndarray, "episodes n_way"] | None = None,
) -> Float[np.ndarray, " comparisons"]:
    """Two-sided p of no difference, as ``verdict.compare`` computes it, of many tables at once.

    With ``groups`` the values are of each class, [comparisons, seeds, episodes, n_way].
    """
    spread = None if groups is None else class_spread(values, groups)
    table = values if groups is None else values.mean(-1)
    level = below(distribution(table, resamples, spread), 0.0)
    return 2 * np.minimum(level, 1 - level)


def any_word(p: Float[np.ndarray, "studies learners"]) -> np.ndarray:
    """Whether a study calls any learner better or worse (Holm's first step decides that)."""
    return p.min(1) * p.shape[1] < ALPHA


def first_decided(p: Float[np.ndarray, "studies learners"]) -> np.ndarray:
    """Whether a study decides about its first learner."""
    return np.array([holm(row.tolist())[0] < ALPHA for row in p])


def manifest(
    random: np.random.Generator, n_classes: int, episodes: int, n_way: int
) -> Int[np.ndarray, "episodes n_way"]:
    """Which classes each episode shows."""
    return np.stack([random.permutation(n_classes)[:n_way] for _ in range(episodes)])


def of_classes(
    random: np.random.Generator,
    groups: Int[np.ndarray, "episodes n_way"],
    spread: Mapping[str, float],
    size: tuple[int, int],
) -> Float[np.ndarray, "comparisons seeds episodes n_way"]:
    """Differences of each class in each episode by each seed, with class effects that are known."""
    (n, seeds), (episodes, n_way), classes = size, groups.shape, int(groups.max()) + 1
    of_class = spread["class"] * random.standard_normal((n, 1, classes))
    of_class = of_class + spread["seed × class"] * random.standard_normal((n, seeds, classes))
    effects = {
        "seed": (n, seeds, 1, 1),
        "episode": (n, 1, episodes, 1),
        "class in episode": (n, 1, episodes, n_way),
        "rest": (n, seeds, episodes, n_way),
    }
    drawn = (spread[name] * random.standard_normal(shape) for name, shape in effects.items())
    return np.asarray(sum(drawn, start=of_class[:, :, groups]))
