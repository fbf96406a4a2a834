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
