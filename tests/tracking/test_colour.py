"""Colours of runs tell learners and arms apart."""

import colorsys
import re
from itertools import combinations
from typing import get_args

import pytest

from fewqubit.config import Arm
from fewqubit.tracking.colour import colour

LEARNERS = ("protonet", "kernel", "maml", "scratch")


def hls(text: str) -> tuple[float, float, float]:
    assert re.fullmatch(r"#[0-9a-f]{6}", text)
    red, green, blue = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)


@pytest.mark.parametrize(("one", "other"), combinations(LEARNERS, 2))
def test_learners_differ_in_hue(one: str, other: str):
    distance = abs(hls(colour(one, "quantum"))[0] - hls(colour(other, "quantum"))[0])
    assert min(distance, 1 - distance) > 0.08


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_twin_is_lighter_and_has_the_same_hue(learner: str):
    (hue, lightness, _), (twin_hue, twin_lightness, _) = (
        hls(colour(learner, arm)) for arm in ("quantum", "twin")
    )
    assert twin_hue == pytest.approx(hue, abs=0.02)
    assert twin_lightness > lightness + 0.2


def test_every_arm_has_a_shade_of_its_own():
    assert len({colour("maml", arm) for arm in get_args(Arm)}) == len(get_args(Arm))
