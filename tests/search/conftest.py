"""Searches whose trainings are instant."""

from pathlib import Path

import pytest

from fewqubit.config import Search
from fewqubit.search.work import Work
from fewqubit.stages.meta_train import SOURCES, TrainingJob
from search_work import EPISODES, GRID, PROTONET, planted


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A grid of eight points for the quantum arm, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fewqubit.search.run.measure", planted)
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    for source in SOURCES:
        (prepared / source).write_text(source)
    job = TrainingJob("digits", "protonet", "quantum", PROTONET, EPISODES, prepared)
    return Work(job, Search(sampler="grid", trials=20, seeds=2), GRID, seed=7)
