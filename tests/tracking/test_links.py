"""Where the comparison pages are."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fewqubit.tracking.links import comparison_links
from fewqubit.tracking.view import PAGE


@pytest.fixture(autouse=True)
def _local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # MLflow sets it in its own process


def test_a_link_for_each_living_experiment_of_ours(tmp_path: Path) -> None:
    rows = [
        (0, "Default", "active"),
        (3, "fewqubit-digits", "active"),
        (4, "fewqubit-old", "deleted"),
    ]
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("create table experiments (experiment_id, name, lifecycle_stage)")
        database.executemany("insert into experiments values (?, ?, ?)", rows)
    links = comparison_links(tmp_path, "http://h/")
    assert links == {"fewqubit-digits": f"http://h/{PAGE.format(3)}"}


def test_no_link_before_the_first_run(tmp_path: Path) -> None:
    assert comparison_links(tmp_path) == {}
    assert not (tmp_path / "mlflow.db").exists()
