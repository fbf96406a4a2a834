import shutil
from pathlib import Path

import pytest

from pipeline.edited_settings import PARAMS
from toy_project import make_toy


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return make_toy(tmp_path / "toy")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(PARAMS, tmp_path / "params.yaml")
    (tmp_path / "recipes").mkdir()
    return tmp_path
