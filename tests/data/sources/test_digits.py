"""Digits are scikit-learn's, in [0, 1], with the rotations that were asked for."""

import numpy as np
from sklearn.datasets import load_digits

from fewqubit.config import Digits
from fewqubit.data.read import read_raw

SPLIT = {"meta_train": [3], "validation": [4], "meta_test": [7]}


def test_rotations_of_chosen_digits(episodes):
    rotations = {3: [0, 90, 180, 270], 4: [0, 90], 7: [0]}
    settings = Digits(source="digits", rotations=rotations, split=SPLIT, episodes=episodes)
    raw, digits = read_raw(settings), load_digits()
    assert raw.names[:2] == ["3/rot000", "3/rot090"]
    assert raw.groups == ["3"] * 4 + ["4"] * 2 + ["7"]
    assert raw.columns is None
    assert (raw.x.min(), raw.x.max()) == (0, 1)
    sevens = digits.images[digits.target == 7] / 16
    np.testing.assert_array_equal(raw.x[raw.y == 6], sevens.astype(np.float32))
    np.testing.assert_array_equal(raw.x[raw.y == 1][0], np.rot90(raw.x[raw.y == 0][0]))
