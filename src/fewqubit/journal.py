"""When a stage ran and for how long: a side file, since times must stay out of cached outputs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fewqubit.files import read_json, write_json

JOURNAL = Path("artifacts/journal")


def ran_since(name: str, moment: datetime, folder: str | Path = JOURNAL) -> bool:
    """Whether stage ``name`` ran to its end after ``moment``."""
    path = Path(folder) / f"{name}.json"
    return path.exists() and datetime.fromisoformat(read_json(path)["start"]) > moment


@contextmanager
def stage_journal(name: str, folder: str | Path = JOURNAL) -> Iterator[None]:
    """Write ``<folder>/<name>.json`` with start, end (ISO 8601, UTC) and seconds of the block.

    Nothing is written when the block fails; an old journal goes at the start, so that it never
    speaks for a new run. A result that DVC restored from its cache may have none.
    """
    path = Path(folder) / f"{name}.json"
    path.unlink(missing_ok=True)
    start, clock = datetime.now(UTC), time.monotonic()
    yield
    seconds = time.monotonic() - clock
    end = datetime.now(UTC)
    entry = {"stage": name, "start": start.isoformat(), "end": end.isoformat()}
    write_json(path, entry | {"seconds": round(seconds, 3)})
