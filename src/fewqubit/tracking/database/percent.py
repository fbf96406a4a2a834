"""MLflow in a folder with a ``%`` in its name, as that of a project with its environment in it.

MLflow gives the place of its own migrations to alembic, which takes a ``%`` for the start of a
setting's name; no database could be opened.
"""

import sys
from pathlib import Path
from tempfile import mkdtemp

from mlflow.store.db import utils

_FOLDER = utils._get_package_dir()


def allow_percent() -> None:
    """Have this process's MLflow write each ``%`` of its own folder as alembic reads it."""
    if "%" in _FOLDER:
        utils._get_package_dir = lambda: _FOLDER.replace("%", "%%")


def server_path() -> dict[str, str]:
    """The environment in which MLflow's server finds itself in a folder without ``%``."""
    if "%" not in _FOLDER:
        return {}
    link = Path(mkdtemp(prefix="fewqubit-"), "packages")
    link.symlink_to(Path(sys.modules["mlflow"].__path__[0]).parent)
    return {"PYTHONPATH": str(link)}
