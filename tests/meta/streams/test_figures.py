"""Figures of a stream on a matrix made by hand, worked out by hand."""

import numpy as np
import pytest

from fewqubit.meta.streams.answered import Answered
from fewqubit.meta.streams.figures import NAMES, cells, first_steps, weights_of

R = np.array([[0.9, 0.5, np.nan], [0.7, 0.8, 0.4], [0.8, 0.6, 0.7]])
START = np.array([0.3, 0.25, 0.35])
BY_HAND = {
    "average_accuracy": (0.8 + 0.6 + 0.7) / 3,
    "backward_transfer": ((0.8 - 0.9) + (0.6 - 0.8)) / 2,
    "forward_transfer": ((0.5 - 0.25) + (0.4 - 0.35)) / 2,
    "learned": (0.9 + 0.8 + 0.7) / 3,
    "plasticity": (0.7 - 0.9) / 2,
    "forgetting": ((0.9 - 0.8) + (0.8 - 0.6)) / 2,
}


def answered(seeds: int = 2, episodes: int = 4) -> Answered:
    """R and b as means over seeds and episodes that differ."""
    random = np.random.default_rng(0)
    noise = random.normal(size=(4, 3, seeds, episodes))
    noise -= noise.mean((2, 3), keepdims=True)
    after = R[..., None, None] + 0.01 * noise[:3]
    return Answered(after, START[:, None, None] + 0.01 * noise[3])


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_what_it_is_by_hand(name: str) -> None:
    table = cells(weights_of(name, answered()), answered())
    assert table.shape == (2, 4, 3)
    assert table.mean() == pytest.approx(BY_HAND[name])


def test_what_was_not_asked_does_not_matter() -> None:
    full = answered()
    blank = full._replace(after=full.after.copy())
    blank.after[0, 2] = np.nan
    for name in NAMES:
        assert np.isfinite(cells(weights_of(name, blank), blank)).all()


def test_a_shorter_stream_is_a_part_of_the_longer_one() -> None:
    short = first_steps(answered(), 2)
    average = cells(weights_of("average_accuracy", short), short).mean()
    assert average == pytest.approx((0.7 + 0.8) / 2)


def test_one_group_has_an_accuracy_and_nothing_else() -> None:
    one = first_steps(answered(), 1)
    figures = {name: cells(weights_of(name, one), one).mean() for name in NAMES}
    assert figures.pop("average_accuracy") == figures.pop("learned") == pytest.approx(0.9)
    assert set(figures.values()) == {0.0}
