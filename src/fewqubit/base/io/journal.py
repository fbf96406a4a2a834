"""When a stage ran and for how long: a side file, since times must stay out of cached outputs."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.files import read_json, set_aside, write_json
from fewqubit.errors import ArtifactError

JOURNAL = Path("artifacts/journal")


class Entry(NamedTuple):
    """The run of a stage: its start and end, and its seconds by a monotonic clock."""

    start: datetime
    end: datetime
    seconds: float


def read_entry(name: str, folder: str | Path = JOURNAL) -> Entry | None:
    """The last run of stage ``name``; None if there is no entry.

    A damaged entry is set aside and reported; no result depends on it.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        return None
    try:
        return _entry(path)
    except ArtifactError as error:
        set_aside(path, error, "the times of that stage are unknown")
        return None


def ran_since(name: str, moment: datetime, folder: str | Path = JOURNAL) -> bool:
    """Whether stage ``name`` ran to its end after ``moment``."""
    entry = read_entry(name, folder)
    return entry is not None and entry.start > moment


@contextmanager
def stage_journal(name: str, folder: str | Path = JOURNAL) -> Iterator[None]:
    """Write ``<folder>/<name>.json`` with start, end (ISO 8601, UTC) and seconds of the block.

    It also has the CPU seconds of the whole process, which other work on the machine hardly
    changes, and the flags of XLA, which may decide last digits. Nothing is written when the block
    fails. An old journal is removed at the start, so that it never describes a new run. A result
    that DVC restored from its cache may have no journal.
    """
    path = Path(folder) / f"{name}.json"
    path.unlink(missing_ok=True)
    start, clock = datetime.now(UTC), time.monotonic()
    yield
    seconds = time.monotonic() - clock
    end = datetime.now(UTC)
    entry = {"stage": name, "start": start.isoformat(), "end": end.isoformat()}
    flags = os.environ.get("XLA_FLAGS", "")
    worked = round(sum(os.times()[:4]), 3)  # children are in it, and imports but for a fork's
    measured = {"seconds": round(seconds, 3), "cpu_seconds": worked, "xla_flags": flags}
    write_json(path, entry | measured)


def _entry(path: Path) -> Entry:
    stored = read_json(path)
    try:
        start, end = (datetime.fromisoformat(stored[which]) for which in ("start", "end"))
        entry = Entry(start, end, float(stored["seconds"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path}: expected start, end and seconds of a stage") from error
    if start.tzinfo is None or end.tzinfo is None:
        raise ArtifactError(f"{path}: expected times with their zone, got {stored['start']}")
    return entry
