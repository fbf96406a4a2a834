"""The project's own database in a bad state: set aside and begun again, or led to its files."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from mlflow.store.db.utils import _get_alembic_config

from fewqubit.errors import ArtifactError, PipelineError
from fewqubit.tracking import mirror, store
from fewqubit.tracking.database.mend import set_aside
from fewqubit.tracking.links import comparison_links
from locked_project import Project


def execute(database: Path, command: str) -> None:
    with closing(sqlite3.connect(database)) as rows, rows:
        rows.execute(command)


def places(root: Path) -> set[str]:
    """Every place that the database knows of, of experiments and runs."""
    query = "select artifact_location from experiments union select artifact_uri from runs"
    with closing(sqlite3.connect(root / "mlflow.db")) as rows:
        return {place for (place,) in rows.execute(query) if "mlartifacts" in place}


def make_new(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database is a copy of an empty one: MLflow needs seconds to make its tables."""
    monkeypatch.setattr("fewqubit.tracking.client.make_tables", lambda new: shutil.copy(empty, new))


def cut(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2 // 4096 * 4096])


BAD = {
    "text": lambda database: database.write_text("this is no database" * 100),
    "empty": lambda database: database.write_bytes(b""),
    "cut": cut,
    "overwritten": lambda database: database.write_bytes(
        database.read_bytes()[:8192] + b"\xff" * (database.stat().st_size - 8192)
    ),
    "foreign": lambda database: (database.unlink(), execute(database, "create table mine (a)")),
    "folder": lambda database: (database.unlink(), database.mkdir()),
    "no files": lambda database: shutil.rmtree(database.with_name("mlartifacts")),
}


@pytest.mark.parametrize("state", BAD)
def test_a_bad_database_is_set_aside_and_begun_again(
    stored: Project, empty_database: Path, monkeypatch: pytest.MonkeyPatch, state: str
):
    stored.baseline()
    mirror(stored.root)
    BAD[state](stored.root / "mlflow.db")
    make_new(empty_database, monkeypatch)
    summary = mirror(stored.root)
    assert summary.logged == ("digits/svm",)
    (note,) = summary.notes
    assert "kept as mlflow.db.aside-1, a new one begins" in note
    assert "\n" not in note
    assert (stored.root / "mlflow.db.aside-1").exists()
    assert mirror(stored.root).notes == ()


def test_what_sqlite_keeps_beside_goes_with_it_and_no_name_is_taken_twice(tmp_path: Path):
    database, journal = tmp_path / "mlflow.db", tmp_path / "mlflow.db-journal"
    for number in (1, 2):
        database.write_text("text" * number)
        journal.write_text("journal" * number)
        assert set_aside(database).name == f"mlflow.db.aside-{number}"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"mlflow.db.aside-{number}{suffix}" for number in (1, 2) for suffix in ("", "-journal")
    ]
    assert (tmp_path / "mlflow.db.aside-2-journal").read_text() == "journal" * 2


def test_a_database_that_another_program_holds_is_one_line_and_stays(
    stored: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store, "PATIENCE_S", 0.1)
    stored.baseline()
    with closing(sqlite3.connect(stored.root / "mlflow.db")) as other:
        other.execute("begin exclusive")
        with pytest.raises(ArtifactError, match=r"another program has held it .* are kept"):
            mirror(stored.root)
        other.rollback()
        other.execute("begin immediate")  # it can be read, but not written
        with pytest.raises(ArtifactError, match=r"another program has held it .* are kept"):
            mirror(stored.root)
        other.rollback()
    assert mirror(stored.root).logged == ("digits/svm",)


def test_a_store_that_the_user_named_is_left_alone(
    stored: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    stored.baseline()
    theirs = tmp_path / "theirs.db"
    theirs.write_text("precious" * 100)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{theirs}")
    with pytest.raises(ArtifactError, match=r"theirs\.db: expected MLflow's database, but .*check"):
        mirror(stored.root)
    assert theirs.read_text() == "precious" * 100
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////no/such/folder/x.db")
    with pytest.raises(PipelineError, match=r"x\.db\.lock: cannot be written"):
        mirror(stored.root)


def test_a_moved_project_keeps_its_runs_and_writes_where_it_is(
    stored: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    # MLflow makes a folder in the one where it runs, for an address with a ``?``
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    old = stored.root / "old"
    old.mkdir()
    for path in [*stored.root.iterdir()]:
        if path != old:
            path.rename(old / path.name)
    project = Project(old)
    project.baseline()
    mirror(old)
    new = old.rename(old.with_name("new? #1 100%"))
    project.root = new
    project.baseline("logistic")
    summary = mirror(new)
    assert summary.logged == ("digits/logistic",)
    assert summary.known == 1
    assert "the project was in" in summary.notes[0]
    assert all(place.startswith(new.resolve().as_uri()) for place in places(new))
    assert not old.exists()
    assert mirror(new).notes == ()
    assert [*comparison_links(new)] == ["fewqubit-digits"]
    assert {path.name for path in new.parent.iterdir()} == {new.name}


def test_a_view_of_the_project_keeps_its_runs_in_the_project(stored: Project):
    """A run with settings of its own works in a folder of links."""
    stored.baseline()
    view = stored.root / ".run/run"
    view.mkdir(parents=True)
    for name in ("mlartifacts", "mlflow.db", "dvc.lock", "params.yaml", "artifacts"):
        (view / name).symlink_to(stored.root / name)
    assert mirror(view).logged == ("digits/svm",)
    assert mirror(stored.root) == mirror(view)
    assert all(place.startswith(stored.root.resolve().as_uri()) for place in places(stored.root))
    assert not list(view.glob("mlflow.db?*"))


@pytest.mark.parametrize(("step", "note"), [("newer", "begins"), ("older", "brought up")])
def test_the_tables_of_another_mlflow_are_brought_up_or_begun_again(
    stored: Project, empty_database: Path, monkeypatch: pytest.MonkeyPatch, step: str, note: str
):
    database = stored.root / "mlflow.db"
    stored.baseline()
    mirror(stored.root)
    stored.baseline("logistic")
    make_new(empty_database, monkeypatch)
    if step == "newer":
        execute(database, "update alembic_version set version_num = 'of-2030'")
    else:
        alembic = _get_alembic_config(f"sqlite:///{database}")
        command.downgrade(alembic, "-1")
    summary = mirror(stored.root)
    assert (len(summary.logged), summary.known) == ((2, 0) if step == "newer" else (1, 1))
    assert note in summary.notes[0]
    assert "mlflow.db.aside-1" in summary.notes[0]
    assert mirror(stored.root).known == 2
