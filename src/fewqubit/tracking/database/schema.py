"""The project's database as another MLflow left it: brought up to date, or replaced."""

import shutil
from pathlib import Path

from alembic.util import CommandError
from mlflow.exceptions import MlflowException
from mlflow.store.db.utils import (
    _get_latest_schema_revision,
    _upgrade_db,
    create_sqlalchemy_engine,
)
from sqlalchemy.exc import SQLAlchemyError

from fewqubit.tracking.address import own_database, sqlite_uri, tracking_uri
from fewqubit.tracking.database.mend import place_aside, start_afresh
from fewqubit.tracking.database.percent import allow_percent
from fewqubit.tracking.store import reading, sole_writer


def make_current(root: Path) -> str | None:
    """Give the project's database the tables of this MLflow; the line that says so, or None.

    An older database is changed as a copy and replaced whole, so
    that a kill leaves one or the other; one of a newer MLflow is set aside.
    """
    database = own_database(root)
    if database is None or not database.exists() or _is_current(database):
        return None
    with sole_writer(root, tracking_uri(root)):
        if _is_current(database):
            return None  # another process was faster
        upgraded = database.with_name(f"{database.name}.upgraded")
        shutil.copy(database, upgraded)
        try:
            if not _upgrade(upgraded):
                return start_afresh(database, "its tables are those of another MLflow")
            aside = place_aside(database)
            shutil.copy(database, aside)
            upgraded.replace(database)
        finally:
            upgraded.unlink(missing_ok=True)
    return f"{database}: brought up to the tables of this MLflow; as it was: {aside.name}"


def _upgrade(database: Path) -> bool:
    """Whether MLflow could change the tables of this file to its own."""
    engine = create_sqlalchemy_engine(sqlite_uri(database))
    try:
        _upgrade_db(engine)
    except (CommandError, MlflowException, SQLAlchemyError):
        return False
    finally:
        engine.dispose()
    return _is_current(database)


def _is_current(database: Path) -> bool:
    allow_percent()
    with reading(database) as rows:
        found = rows.execute("select version_num from alembic_version").fetchall()
    return found == [(_get_latest_schema_revision(),)]
