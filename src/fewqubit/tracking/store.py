"""Which results are in the store, read without importing mlflow where possible."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from fewqubit.errors import ArtifactError, PipelineError
from fewqubit.tracking.address import DATABASE, KEY_TAG, SETTING, sqlite_file

PATIENCE_S = 5.0  # for another program that holds the database
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class ForeignFileError(ArtifactError):
    """A file that is no database, half of one, or the database of something else."""


class Mirrored(NamedTuple):
    """Runs that were logged, how many were known, why others have none, and lines to be shown."""

    logged: tuple[str, ...] = ()
    known: int = 0
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@contextmanager
def sole_writer(root: Path, uri: str) -> Iterator[None]:
    """Wait until no other process mirrors into the store, and keep others out meanwhile.

    The operating system drops the lock of a killed process, so none is ever left over. Raises
    PipelineError: no file can be created next to the database.
    """
    database = sqlite_file(uri) or (root / DATABASE).resolve()
    path = database.with_name(f"{database.name}.lock")
    try:
        lock = path.open("w")
    except OSError as error:
        raise PipelineError(
            f"{path}: cannot be written: {error.strerror}; give the folder of the runs' database "
            f"to this user, or another one by {SETTING}"
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def known_keys(uri: str) -> frozenset[str]:
    """Keys of the results that have a finished run.

    A run deleted in MLflow's pages counts: what a person threw away is not written again.
    """
    database = sqlite_file(uri)
    if database is None:
        # mlflow takes seconds to import: only where nothing else can ask the store
        from fewqubit.tracking.remote import remote_keys

        return remote_keys(uri)
    return _keys_in(database) if database.exists() else frozenset()


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """The database, read-only. Raises as ``_fault`` does."""
    # what a killed writer left half done must be undone first, which is writing
    left = database.with_name(f"{database.name}-journal").exists()
    with _open(database, "rw" if left else "ro") as rows:
        yield rows


@contextmanager
def writing(database: Path) -> Iterator[sqlite3.Connection]:
    """One transaction, all or nothing. Raises as ``_fault`` does."""
    with _open(database, "rw") as rows, rows:
        rows.execute("begin immediate")
        yield rows


@contextmanager
def _open(database: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"{database.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S)) as rows:
            yield rows
    except sqlite3.DatabaseError as error:
        raise _fault(database, error) from None


def _fault(database: Path, error: sqlite3.DatabaseError) -> ArtifactError:
    """ForeignFileError where only another file helps; otherwise one that says who has to let go."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # without its details
    if code in _HELD:
        return ArtifactError(
            f"{database}: another program has held it for {PATIENCE_S:.0f} s; close that one, then "
            "run `fewqubit track`: the results are kept and will be mirrored"
        )
    if code in _BROKEN or database.is_dir():
        return ForeignFileError(
            f"{database}: expected MLflow's database, but {error}; if it is the project's own, "
            "`fewqubit track` sets it aside and mirrors the results into a new one, without "
            f"training; if not, check {SETTING}"
        )
    return ArtifactError(
        f"{database}: {error}; give the file and its folder to this user, or name another place by "
        f"{SETTING}; the results are kept and will be mirrored by `fewqubit track`"
    )


def _keys_in(database: Path) -> frozenset[str]:
    query = (
        "select tags.value from tags join runs using (run_uuid) "
        "where tags.key = ? and runs.status = 'FINISHED'"
    )
    with reading(database) as rows:
        return frozenset(key for (key,) in rows.execute(query, (KEY_TAG,)))
