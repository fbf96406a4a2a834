"""Projects with results to mirror, and stores to mirror them into."""

import shutil
from pathlib import Path

import pytest

from locked_project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow needs seconds to make one, so it is made once and copied."""
    from fewqubit.tracking.client import make_tables

    database = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    make_tables(database)
    return database


@pytest.fixture
def stored(project: Project, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project beside an empty store; models, which have tests of their own, are left out."""
    shutil.copy(empty_database, project.root / "mlflow.db")
    monkeypatch.setattr("fewqubit.tracking.write._log_learner", lambda *_: None)
    return project


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Project:
    """A mirrored project with real, if hardly trained, learners of a table with ten classes."""
    from fewqubit.tracking import mirror
    from trained_project import train

    project = Project(tmp_path_factory.mktemp("served"))
    train(project)
    shutil.copy(empty_database, project.root / "mlflow.db")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("MLFLOW_TRACKING_URI", raising=False)
        mirror(project.root)
    return project
