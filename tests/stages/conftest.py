"""Prepared digits and a small trained learner, made once."""

from pathlib import Path

import pytest

from fewqubit.base.keys import root_key
from fewqubit.config import (
    Digits,
    load_settings,
)
from fewqubit.stages.prepare import prepare
from stages.small_training import EPISODES, TOP, train


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    digits = load_settings(TOP / "params.yaml").datasets["digits"]
    assert isinstance(digits, Digits)
    settings = digits.model_copy(update={"episodes": EPISODES})
    prepare("digits", settings, root_key(0), folder)
    return folder


@pytest.fixture(scope="session")
def trained(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("undisturbed")
        patch.chdir(folder)
        return train(folder, prepared)
