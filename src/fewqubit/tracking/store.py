"""Which results the store knows: read without importing mlflow where possible."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from fewqubit.errors import ArtifactError
from fewqubit.tracking.address import DATABASE, KEY_TAG, sqlite_file


@contextmanager
def sole_writer(root: Path, uri: str) -> Iterator[None]:
    """Wait until no other process mirrors into the store, and keep others out meanwhile.

    The operating system drops the lock of a killed process, so none is ever left over.
    """
    database = sqlite_file(uri) or root / DATABASE
    with database.with_name(f"{database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def known_keys(uri: str) -> frozenset[str]:
    """Keys of the results that have a finished run.

    A run deleted in MLflow's pages counts: what a person threw away is not written again.
    """
    database = sqlite_file(uri)
    if database is None:
        # mlflow takes seconds to import: only where nothing else can ask the store
        from fewqubit.tracking.client import remote_keys

        return remote_keys(uri)
    return _keys_in(database) if database.exists() else frozenset()


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """The database, read-only. Raises ArtifactError if it is not MLflow's."""
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as rows:
            yield rows
    except sqlite3.DatabaseError as error:
        raise ArtifactError(
            f"{database}: expected MLflow's database, but {error}; delete it and run "
            "`fewqubit track`: it is a mirror and will be rebuilt without training"
        ) from error


def _keys_in(database: Path) -> frozenset[str]:
    query = (
        "select tags.value from tags join runs using (run_uuid) "
        "where tags.key = ? and runs.status = 'FINISHED'"
    )
    with reading(database) as rows:
        return frozenset(key for (key,) in rows.execute(query, (KEY_TAG,)))
