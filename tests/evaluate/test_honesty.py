"""The permuted-label check: silent at chance, loud otherwise."""

import numpy as np
import pytest

from fewqubit.errors import HonestyError
from fewqubit.evaluate.honesty import check_permuted

RANDOM = np.random.default_rng(0)


def accuracies(mean: float) -> np.ndarray:
    return RANDOM.binomial(50, mean, size=(5, 400)) / 50


def test_chance_passes() -> None:
    check_permuted(accuracies(0.2), 0.2, "here")


@pytest.mark.parametrize("mean", [0.25, 0.15, 1.0])
def test_anything_else_stops(mean: float) -> None:
    with pytest.raises(HonestyError, match="here: with permuted support labels"):
        check_permuted(accuracies(mean), 0.2, "here")


def test_eight_episodes_of_a_fair_learner_pass() -> None:
    """Two classes, two examples of each: whole tasks stand on their head, or half of one does."""
    for _ in range(2000):
        check_permuted(RANDOM.choice([0.0, 0.5, 1.0], (2, 8), p=[1 / 6, 2 / 3, 1 / 6]), 0.5, "here")


def test_eight_episodes_of_a_leak_stop() -> None:
    with pytest.raises(HonestyError):
        check_permuted(np.full((2, 8), 0.9) + RANDOM.normal(0, 0.02, (2, 8)), 0.5, "here")
