"""Separability is chance for equal sets, one for distinct ones, and as measured for digits."""

from pathlib import Path

import numpy as np
import pytest

from fewqubit.config import load_settings
from fewqubit.data.sources.digits import read_digits
from fewqubit.data.sources.symmetry import separability

PARAMS = Path(__file__).parents[3] / "params.yaml"


def test_equal_sets_cannot_be_told_apart(rng):
    images = rng.random((100, 4, 4))
    assert separability(images, images).one_shot == pytest.approx(0.5, abs=0.05)
    assert separability(images, rng.random((100, 4, 4))).trained == pytest.approx(0.5, abs=0.15)


def test_distinct_sets_can(rng):
    images = rng.random((60, 4, 4))
    assert separability(images, images + 2) == (1, 1)


def test_no_two_classes_of_the_default_digits_hold_the_same_images():
    """The reason for the rotations in params.yaml: a half turn of 0, 1 or 8 would fail here."""
    raw = read_digits(load_settings(PARAMS).datasets["digits"])
    for group in sorted(set(raw.groups)):
        members = [number for number, owner in enumerate(raw.groups) if owner == group]
        first = raw.x[raw.y == members[0]]
        for other in members[1:]:
            assert separability(first, raw.x[raw.y == other]).trained > 0.99, raw.names[other]


def test_upside_down_eights_are_eights():
    raw = read_digits(load_settings(PARAMS).datasets["digits"])
    eights = raw.x[raw.y == raw.names.index("8/rot000")]
    assert separability(eights, np.rot90(eights, 2, axes=(1, 2))).one_shot < 0.65
