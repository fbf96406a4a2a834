"""The environment of every process that this software starts: no telemetry, this Python first."""

import os
import sys
from pathlib import Path

NO_TELEMETRY = {
    "DO_NOT_TRACK": "true",
    "DVC_NO_ANALYTICS": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
}
VIEW_CONFIG = ".dvc-settings"  # in a view of the project (fewqubit.pipeline.view), DVC's own there


def silence_telemetry() -> None:
    """Switch telemetry off in this process, before the libraries that read it are imported.

    A value that the user has set is kept.
    """
    for name, value in NO_TELEMETRY.items():
        os.environ.setdefault(name, value)


def stage_environment(folder: Path | None = None, python: Path | None = None) -> dict[str, str]:
    """For DVC and its stages in ``folder``: ``python`` in dvc.yaml is the Python that runs this.

    If there is a folder ``python``, it is the one in there.
    """
    first = [] if python is None else [str(python)]
    paths = [*first, str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    environment = NO_TELEMETRY | os.environ | {"PATH": os.pathsep.join(paths)}
    if folder is not None and (folder / VIEW_CONFIG).is_dir():
        environment["DVC_SYSTEM_CONFIG_DIR"] = str(folder / VIEW_CONFIG)
    return environment
