"""Two classes and ten pictures: what can be done with them is said."""

import re

import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.config import Memory
from fewqubit.data import RawData
from fewqubit.stages.possible import possible

EPISODES = {"n_way": 5, "n_shot": 5, "n_query": 5, "n_validation": 5, "n_test": 5}


@pytest.mark.parametrize(
    ("n_classes", "n_rows", "said"),
    [
        (2, 5, "2 classes, the smallest of 5 rows, are no data to learn to learn from.*adapt"),
        (9, 1, "9 classes, the smallest of 1 rows, are no data to learn to learn from.*adapt"),
        (9, 4, "tasks of up to 2 classes, with n_shot . n_query up to 4"),
        (20, 7, "tasks of up to 4 classes, with n_shot . n_query up to 7"),
    ],
)
def test_what_a_small_data_set_is_enough_for(n_classes: int, n_rows: int, said: str) -> None:
    names = [f"class {number}" for number in range(n_classes)]
    y = np.repeat(np.arange(n_classes), n_rows)
    raw = RawData(np.zeros((len(y), 2)), y, names, names)
    settings = Memory(episodes=EPISODES)
    assert re.search(said, possible(raw, settings, root_key(0)))
