"""What the tests of the data room share: where real data may be, settings, small images."""

import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 2, "n_validation": 3, "n_test": 4}


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data sets: FEWQUBIT_TEST_DATA, or shared/data beside the repository."""
    folder = Path(os.environ.get("FEWQUBIT_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data are not at {folder}; set FEWQUBIT_TEST_DATA to where they are")
    return folder


@pytest.fixture
def episodes():
    return EPISODES


@pytest.fixture
def write_csv(tmp_path):
    """Write lines as a CSV file and return its path."""

    def write(*lines, name="my.csv"):
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def rng():
    return np.random.default_rng(0)
