"""A server for one meta-trained learner, on this machine's loopback address."""

from pathlib import Path
from typing import Any

from fewqubit.base.extras import needs
from fewqubit.data import Transform
from fewqubit.data.features import column_names
from fewqubit.predict.inputs import AnyTransform, names_of
from fewqubit.predict.saved import load_start
from fewqubit.predict.served.adapting import Adapting
from fewqubit.predict.served.app import build_app
from fewqubit.predict.served.service import Limits, Service
from fewqubit.predict.start import Start

HOST = "127.0.0.1"  # elsewhere only if asked: a proxy in front knows whom to let in
SHOWN = 20  # columns that a description names


def app_of(folder: Path, prepared: Path | None = None, limits: Limits | None = None) -> Any:
    """The application that serves a saved classifier, or a learner of the pipeline.

    Raises ArtifactError: it is not as it was written; MissingExtraError: FastAPI is not installed.
    """
    start, _, _ = load_start(folder, prepared or folder)
    return build_app(Service(Adapting(start), limits), describe(start), example(start.transform))


def serve(app: Any, port: int, host: str = HOST) -> None:
    """Answer until Ctrl-C."""
    with needs("pipeline", "a served model"):
        import uvicorn

    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


def describe(start: Start) -> dict[str, Any]:
    """What is served, in words of its card."""
    names = names_of(start.transform)
    return {
        **{name: start.card[name] for name in ("dataset", "learner", "arm")},
        "validation_accuracy": round(max(start.card["validation_accuracy"]), 4),
        "n_columns": len(names),
        "columns": names[:SHOWN],
    }


def example(transform: AnyTransform) -> dict[str, Any]:
    """A valid request: two labelled rows and a query, of numbers as they are about the mean."""
    if not isinstance(transform, Transform) or transform.pictures or transform.encoding:
        return {}
    width = len(column_names(transform.columns, transform.raw_shape))
    if transform.shift is None or transform.factor is None:
        low, high = [0.0] * width, [1.0] * width
    else:
        low = transform.shift.ravel().tolist()
        high = (transform.shift + 1 / transform.factor).ravel().tolist()
    return {"rows": [low, high], "labels": ["this", "that"], "queries": [low]}
