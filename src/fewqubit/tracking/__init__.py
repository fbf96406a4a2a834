"""MLflow as a mirror of dvc.lock: one flat run per evaluated result, found again by its key.

The only room that imports mlflow, and it does so only when there is something to write.
"""

import os

# Read by MLflow when it is imported, so they are set before any module here can do that.
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# MLflow's own patience with a server that stops answering is a quarter of an hour, in silence.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_UV_AUTO_DETECT", "false")  # uv.lock is the user's, not the model's

from fewqubit.base.extras import check

check("mlflow", "pipeline", "the mirror of results in MLflow")  # before any module here is loaded

from fewqubit.tracking.mirror import MirrorSummary, mirror  # noqa: E402

__all__ = ["MirrorSummary", "mirror"]
