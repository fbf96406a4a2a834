"""Turned images are Pillow's, and rows, names and groups stay together."""

import numpy as np
import pytest
from PIL import Image

from fewqubit.data.sources.rotations import turn, turned_classes


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turn_is_pillows(degrees, rng):
    image = rng.integers(0, 256, (7, 7), dtype=np.uint8)
    np.testing.assert_array_equal(turn(image, degrees), Image.fromarray(image).rotate(degrees))


def test_each_rotation_of_each_group_is_a_class(rng):
    images, y = rng.random((5, 2, 2)), np.array([1, 0, 1, 2, 0])
    raw = turned_classes(images, y, ["a", "b", "c"], {"b": [0, 90], "a": [180]})
    assert raw.names == ["a/rot180", "b/rot000", "b/rot090"]
    assert raw.groups == ["a", "b", "b"]
    assert raw.y.tolist() == [0, 0, 1, 1, 2, 2]
    expected = [turn(images[1], 180), turn(images[4], 180), images[0], images[2]]
    np.testing.assert_array_equal(raw.x[:4], expected)
