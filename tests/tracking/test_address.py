"""Where runs are kept: addresses that say what they mean, and tell no secret."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from fewqubit.tracking.address import (
    own_database,
    shown,
    sqlite_file,
    sqlite_uri,
    tracking_uri,
    without_login,
    without_secrets,
)

ODD = ["a?b", "a#b", "100%", "%41", "it's", 'say "hi"', "a b", "a;b&c=d", "ä", "a:b@c", "[red]"]


@pytest.mark.parametrize("name", ODD)
def test_a_database_is_made_in_its_folder_and_nowhere_else(tmp_path: Path, name: str):
    database = tmp_path / name / "mlflow.db"
    database.parent.mkdir()
    with create_engine(sqlite_uri(database)).connect() as rows:
        rows.execute(text("create table here (a)"))
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*.db")] == [
        Path(name, "mlflow.db")
    ]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with closing(sqlite3.connect(database)) as rows:
        assert rows.execute("select name from sqlite_master").fetchall() == [("here",)]


@given(st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1))
def test_a_file_is_found_again_by_its_address(name: str):
    assert sqlite_file(sqlite_uri(Path("/tmp", name))) == Path("/tmp", name)


def test_plain_names_have_plain_addresses():
    assert sqlite_uri(Path("/work/x-1/mlflow.db")) == "sqlite:////work/x-1/mlflow.db"
    assert sqlite_uri(Path("/a b/ä;x/mlflow.db")) == "sqlite:////a b/ä;x/mlflow.db"
    assert sqlite_file("sqlite:///mlflow.db") == Path("mlflow.db")
    assert sqlite_file("sqlite:////a/b.db?timeout=5") == Path("/a/b.db")
    assert sqlite_file("http://host/sqlite") is None


def test_the_projects_own_database_is_known_by_any_of_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root = tmp_path / "a?b"
    root.mkdir()
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert own_database(root) == sqlite_file(tracking_uri(root)) == root / "mlflow.db"
    monkeypatch.chdir(root)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    assert own_database(root) == root / "mlflow.db"
    for other in ("sqlite:///other.db", "http://host", str(root / "mlflow.db")):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", other)
        assert own_database(root) is None


SECRET = [
    "http://me:S3CRET@host:5000/path",
    "https://S3CRET@host",
    "postgresql+psycopg2://me:p@S3CRET/x@host/db",
    "postgresql://host/db?user=me&password=S3CRET",
    "https://host/x?token=S3CRET#there",
    "http://me:S3CRET%21%40@host",
]


@pytest.mark.parametrize("uri", SECRET)
def test_no_secret_is_shown(uri: str):
    assert "S3CRET" not in shown(uri)
    assert "host" in shown(uri)
    said = f"cannot open {uri} for S3CRET!@ with {uri.partition('//')[2]}"
    assert "S3CRET" not in without_secrets(said, uri)


def test_what_is_no_secret_stays():
    for uri in ("http://host:5000/a", "sqlite:////a@b/c?uri=true", "databricks://profile"):
        assert shown(uri) == uri
    assert without_login("http://me:S3CRET@host:1/x") == "http://host:1/x"
