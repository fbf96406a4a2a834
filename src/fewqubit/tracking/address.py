"""Where runs are kept, and what they are called there."""

import os
from pathlib import Path

KEY_TAG = "dvc.key"
DATABASE = "mlflow.db"
_SQLITE = "sqlite:///"


def tracking_uri(root: Path) -> str:
    """``MLFLOW_TRACKING_URI`` where set, else the SQLite file in the project's top folder.

    Absolute, so that a command run from another folder finds the same runs.
    """
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{_SQLITE}{(root / DATABASE).resolve()}"


def experiment_name(dataset: str) -> str:
    """The experiment, and the registered model, that belong to a data set."""
    return f"fewqubit-{dataset}"


def sqlite_file(uri: str) -> Path | None:
    """The file behind an SQLite address, or None for any other kind of store."""
    return Path(uri.removeprefix(_SQLITE)) if uri.startswith(_SQLITE) else None
