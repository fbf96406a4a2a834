"""When a stage ran: MLflow's Duration must show the work, not the logging of the run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.journal import JOURNAL, read_entry
from fewqubit.tracking.results import LockedStage

# DVC may touch outputs while it moves them to its cache, shortly after the stage has ended.
SLACK = timedelta(minutes=1)


class Span(NamedTuple):
    """Start and end of a stage; ``seconds`` is None where nothing recorded its run."""

    start: datetime
    end: datetime
    seconds: float | None


def span(root: Path, stage: LockedStage) -> Span:
    """From the stage's journal; from its files where the journal is missing or of another run.

    A result that DVC restored from its cache is newer than the journal, which then describes
    the run that came between.
    """
    written = [
        datetime.fromtimestamp((root / path).stat().st_mtime, UTC) for path in sorted(stage.outs)
    ]
    entry = read_entry(stage.name, root / JOURNAL)
    if entry is not None and max(written) <= entry.end + SLACK:
        return Span(*entry)
    return Span(min(written), max(written), None)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as MLflow counts."""
    return round(moment.timestamp() * 1000)
