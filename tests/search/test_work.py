"""What is searched travels to processes of its own."""

import pickle
from pathlib import Path

import pytest

from fewqubit.config import load_settings
from fewqubit.search import work  # noqa: F401 - makes sections travel

LEARNERS = load_settings(Path(__file__).parents[2] / "params.yaml").learners


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learners_section_arrives_as_it_left(name):
    there = pickle.loads(pickle.dumps(LEARNERS[name]))
    assert there == LEARNERS[name]
    assert type(there) is type(LEARNERS[name])
