"""Repair of the project's own database: a mirror, which can be started afresh at any time.

Only the file in the project's folder is mended; a store that the user named is not ours.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from fewqubit.tracking.address import ARTIFACTS, experiment_name, home, own_database, tracking_uri
from fewqubit.tracking.store import ForeignFileError, reading, sole_writer, writing

TABLES = ("experiments", "runs", "tags", "model_versions", "alembic_version")
PLACES = (  # where MLflow keeps the places of files
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
SIDE_FILES = ("-journal", "-wal", "-shm")


def mend(root: Path) -> tuple[str, ...]:
    """Set a damaged database aside; correct the paths in that of a moved project. Returns notes.

    Raises ArtifactError where another program holds the file, or its permissions do not let us.
    """
    database = own_database(root)
    if database is None or not database.exists() or _is_sound(root, database):
        return ()
    with sole_writer(root, tracking_uri(root)):
        return tuple(_mend(root, database)) if database.exists() else ()


def set_aside(database: Path) -> Path:
    """Rename the database and SQLite's side files. Returns the database's new name."""
    aside = place_aside(database)
    for suffix in SIDE_FILES:  # first: left behind, they would be applied to the next database
        side_file = database.with_name(database.name + suffix)
        if side_file.exists():
            side_file.rename(aside.with_name(aside.name + suffix))
    return database.rename(aside)


def place_aside(database: Path) -> Path:
    """A free name next to the database."""
    number = 1
    while (aside := database.with_name(f"{database.name}.aside-{number}")).exists():
        number += 1
    return aside


def start_afresh(database: Path, reason: str) -> str:
    """Set the database aside, so that a new one begins. Returns the line that says so."""
    return f"{database}: {reason}; kept as {set_aside(database).name}, a new one begins"


def _mend(root: Path, database: Path) -> Iterator[str]:
    try:
        _check(database)
        old = _other_places(root, database)
    except ForeignFileError as error:
        yield start_afresh(database, str(error).partition(": ")[2].partition("; ")[0])
        return
    if _files_are_gone(root, database):
        yield start_afresh(database, f"the models of its runs are not in {root / ARTIFACTS}")
        return
    for place in sorted(old):
        _lead(database, place, home(root).as_uri())
        yield f"{database}: the project was in {_path(place)}; its runs are now found here"


def _is_sound(root: Path, database: Path) -> bool:
    try:
        _check(database)
        return not (_other_places(root, database) or _files_are_gone(root, database))
    except ForeignFileError:
        return False


def _check(database: Path) -> None:
    """Raises ForeignFileError: damaged, cut short, empty, or without MLflow's tables."""
    if not database.is_file():
        raise ForeignFileError(f"{database}: expected MLflow's database, but it is no file")
    with reading(database) as rows:
        (verdict,) = rows.execute("pragma quick_check(1)").fetchone()
        found = {name for (name,) in rows.execute("select name from sqlite_master")}
        missing = [name for name in TABLES if name not in found]
        if verdict != "ok":
            raise sqlite3.DatabaseError(" ".join(verdict.split()))
        if missing:
            raise sqlite3.DatabaseError(f"it has no table '{missing[0]}'")


def _experiments(database: Path) -> dict[str, str]:
    """Name and place of the experiments that keep their files in a project's folder."""
    query = "select name, artifact_location from experiments where name like ?"
    with reading(database) as rows:
        found = rows.execute(query, (f"{experiment_name('')}%",)).fetchall()
    return {name: place for name, place in found if place and place.endswith(_tail(name))}


def _other_places(root: Path, database: Path) -> set[str]:
    """The addresses of folders, other than ``root``, in which the database looks for its files."""
    found = {place.removesuffix(_tail(name)) for name, place in _experiments(database).items()}
    return found - {home(root).as_uri()}


def _files_are_gone(root: Path, database: Path) -> bool:
    """Whether there are finished runs, but not the folder that holds their files."""
    if not _experiments(database) or (root / ARTIFACTS).is_dir():
        return False
    with reading(database) as rows:
        return bool(rows.execute("select 1 from runs where status = 'FINISHED'").fetchone())


def _lead(database: Path, old: str, new: str) -> None:
    """Put ``new`` in place of ``old`` at the head of every place, as an address and as a path."""
    with writing(database) as rows:
        for table, column in PLACES:
            for before, after in ((old, new), (_path(old), _path(new))):
                rows.execute(
                    f"update {table} set {column} = ? || substr({column}, ?) "
                    f"where substr({column}, 1, ?) = ?",
                    (after, len(before) + 1, len(before) + 1, f"{before}/"),
                )


def _tail(experiment: str) -> str:
    return f"/{ARTIFACTS}/{experiment}"


def _path(address: str) -> str:
    return unquote(address.removeprefix("file://"))
