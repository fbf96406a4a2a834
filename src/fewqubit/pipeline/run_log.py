"""What a run says: ``[7/24] kernel/quantum trained, 82 s, validation 71.3 %``.

Every line of DVC and of the stages goes to reports/run.log; ``verbose`` shows them too.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from fewqubit.base.io.journal import JOURNAL, read_entry
from fewqubit.pipeline.graph import Pipeline
from fewqubit.pipeline.stage_words import StageWords
from fewqubit.pipeline.time_left import TimeLeft, last_times, roughly
from fewqubit.report.words import duration

LOG = Path("reports/run.log")
QUIET_S = 30.0  # without a terminal, a line on stages at work at most this often


class RunLog:
    """Prints the progress of the stages that ``pipeline`` calls stale; threads may share it."""

    def __init__(
        self,
        project: Path,
        pipeline: Pipeline,
        words: StageWords,
        workers: int,
        console: Console,
        verbose: bool,
    ) -> None:
        self._project, self._words, self._workers = project, words, workers
        self._console, self._verbose = console, verbose
        self._stages, self._all = pipeline.stale, len(pipeline.upstream)
        last = last_times(project, pipeline.upstream)
        self._time = TimeLeft(last, workers)
        self._running: dict[str, tuple[float, int]] = {}  # since when, and how many percent
        self._ended: dict[str, str] = {}
        self._turn = threading.RLock()
        self._began = self._printed_at = time.monotonic()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        path = self._project / LOG
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open.enter_context(path.open("w", encoding="utf-8"))
        if self._stages:
            self._say(self._first_line())
            self._open.enter_context(self._console.status(self, refresh_per_second=2))
        else:
            self._say(f"all {self._all} stages are up to date")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
        if self._stages and kind is None:
            self._print(self._last_line())
        elif self._stages and kind is KeyboardInterrupt:
            self._print(f"{self._count()} stopped; the same command goes on from here")

    def heard(self, stage: str | None, line: str) -> None:
        """Keep a line of DVC or of a stage."""
        with self._turn:
            if self._file.closed:  # a thread may still hear the end of a stage that was stopped
                return
            now = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
            self._file.write(f"{now}  {stage or 'dvc'}  {line}\n")
            self._file.flush()
            if self._verbose:
                self._print(line)

    def started(self, stage: str) -> None:
        """A stage has started."""
        with self._turn:
            self._running[stage] = time.monotonic(), 0

    def moved(self, stage: str, percent: int) -> None:
        """Report the progress of a stage, at intervals, where no terminal shows it."""
        with self._turn:
            since, _ = self._running.get(stage, (time.monotonic(), 0))
            self._running[stage] = since, percent
            quiet = self._console.is_terminal or self._verbose
            if not quiet and time.monotonic() - self._printed_at > QUIET_S:
                self._say(f"{self._count()} {self._at_work()}")

    def noted(self, line: str) -> None:
        """A stage wants the user to know something."""
        with self._turn:
            if not self._verbose:
                self._say(line)

    def ended(self, stage: str, how: str) -> None:
        """A stage is done: it was ``started``, ``restored`` from the cache, or is ``unchanged``."""
        with self._turn:
            since, _ = self._running.pop(stage, (time.monotonic(), 0))
            if stage not in self._stages or stage in self._ended:
                return
            self._ended[stage] = how
            if how == "started":
                seconds = self._seconds(stage, since)
                self._time.took(stage, seconds)
                self._tell(stage, duration(seconds))
            elif how == "restored":
                self._tell(stage, "from the cache")

    def failed(self, stage: str | None, words: Sequence[str]) -> None:
        """A stage or DVC itself has failed; show its own message."""
        with self._turn:
            self._running.pop(stage or "", None)
            if not self._verbose:
                for line in words:
                    self._print(line)

    def __rich__(self) -> Text:
        """The line at the bottom of a terminal, redrawn at each refresh."""
        with self._turn:
            return Text(f"{self._count()} {self._at_work()}", no_wrap=True, overflow="ellipsis")

    def _tell(self, stage: str, how: str) -> None:
        figure = self._words.figure(stage)
        parts = [self._words.done(stage), how, *([figure] if figure else [])]
        left = "" if self._console.is_terminal else self._left()  # a terminal shows it below
        self._say(f"{self._count()} {', '.join(parts)}{left and f'; {left}'}")

    def _seconds(self, stage: str, since: float) -> float:
        """Seconds from the stage's journal, as in times.md; otherwise since DVC started it."""
        entry = read_entry(stage, self._project / JOURNAL)
        fresh = entry is not None and entry.start.timestamp() > time.time() - (
            time.monotonic() - since
        )
        return entry.seconds if entry is not None and fresh else time.monotonic() - since

    def _count(self) -> str:
        return f"[{len(self._ended)}/{len(self._stages)}]"

    def _at_work(self) -> str:
        busy = [
            f"{self._words.doing(stage)}{f' {percent} %' if percent else ''}"
            for stage, (_, percent) in self._running.items()
        ]
        return "; ".join(filter(None, [", ".join(busy) or self._between(), self._left()]))

    def _between(self) -> str:
        """Between stages, DVC checks the next one, or the outputs of the last."""
        return "starting" if len(self._ended) < len(self._stages) else "done"

    def _left(self) -> str:
        """``about 3 min left``; empty at the end, and while nothing is known."""
        now = time.monotonic()
        waiting = self._stages - self._running.keys() - self._ended.keys()
        so_far = {stage: (now - since, done) for stage, (since, done) in self._running.items()}
        left = self._time.left(waiting, so_far) if waiting or so_far else None
        return "" if left is None else f"about {roughly(left)} left"

    def _first_line(self) -> str:
        at_once = f", {self._workers} at a time" if self._workers > 1 else ""
        left = self._time.left(self._stages, {})
        last = "" if left is None else f", about {roughly(left)}"
        return f"{len(self._stages)} of {self._all} stages to make{at_once}{last}; log: {LOG}"

    def _last_line(self) -> str:
        how = [*self._ended.values()]
        parts = [f"{how.count('started')} of {len(self._stages)} stages made"]
        for word, text in (("restored", "from the cache"), ("unchanged", "unchanged after all")):
            if how.count(word):
                parts.append(f"{how.count(word)} {text}")
        return f"{', '.join(parts)}, {duration(time.monotonic() - self._began)}"

    def _say(self, line: str) -> None:
        self._printed_at = time.monotonic()
        self._print(line)

    def _print(self, line: str) -> None:
        """Print a line without markup or wrapping, and at once: paths are for copying."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
