"""DVC's output, line by line: what it says of its stages, and what is only chatter."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from fewqubit.pipeline.percent import percent_in

MOST_WORDS = 40  # of a stage that failed: a traceback's end; all of it is in the run's log
_EVENTS = {
    "started": re.compile(r"Running stage '([^']+)'"),
    "restored": re.compile(r"Stage '([^']+)' is cached"),
    "unchanged": re.compile(r"Stage '([^']+)' didn't change"),
    "failed": re.compile(r"ERROR: failed to reproduce '([^']+)'"),
}
_ENDED = re.compile(r"Stage '[^']+' is made$")  # fewqubit.pipeline.repro says so
_CHATTER = re.compile(
    r"\s*$|> |Updating lock file|Stage '[^']+' is made$|Use `dvc push`|To track the changes"
    r"|To enable auto staging|\s+(git add|dvc config) |Running stage |Verifying "
    r"|Data and pipelines are up to date"
)
_NOTE = re.compile(r".*: set aside as ")
_ORDER_ENDED = re.compile(r"That was the order, exit code (\d+)$")


class StageObserver(Protocol):
    """An object that hears of each stage: started, moved, ended, failed."""

    def heard(self, stage: str | None, line: str) -> None: ...
    def started(self, stage: str) -> None: ...
    def moved(self, stage: str, percent: int) -> None: ...
    def noted(self, line: str) -> None: ...
    def ended(self, stage: str, how: str) -> None: ...
    def failed(self, stage: str | None, words: Sequence[str]) -> None: ...


class Listener:
    """Takes the lines of one DVC process, whose stages run one after another."""

    def __init__(self, run: StageObserver) -> None:
        self._run = run
        self._stage: str | None = None
        self._how = ""
        self._words: deque[str] = deque(maxlen=MOST_WORDS)

    def __call__(self, line: str) -> None:
        """Tell the run what ``line`` says."""
        self._run.heard(self._stage, line)
        event, stage = _event(line)
        if event == "failed":
            self._stage = stage
        elif event:
            self._end()
            self._begin(stage, event)
        elif _ENDED.match(line):
            self._end()
        elif not chatter(line):
            self._plain_line(line)

    def finish(self, code: int) -> None:
        """The process has ended with this exit code."""
        if code == 0:
            self._end()
        else:
            self._run.failed(self._stage, [*self._words])

    def _begin(self, stage: str, how: str) -> None:
        self._stage, self._how = stage, how
        self._words.clear()
        if how == "started":
            self._run.started(stage)

    def _end(self) -> None:
        if self._stage is not None:
            self._run.ended(self._stage, self._how)
        self._stage = None

    def _plain_line(self, line: str) -> None:
        percent = percent_in(line)
        if percent is None:
            self._words.append(line)
            if self._stage is not None and is_note(self._stage, line):
                self._run.noted(line)
        elif self._stage is not None:
            self._run.moved(self._stage, percent)


def chatter(line: str) -> bool:
    """Whether DVC says this after every stage, whatever happened: advice, commands, its lock."""
    return _CHATTER.match(line) is not None


def is_note(stage: str, line: str) -> bool:
    """Whether the stage itself says this to the user: such lines begin with its script's name.

    What libraries below it say is for the run's log.
    """
    return line.startswith((stage, f"{stage.partition('@')[0]} ")) or bool(_NOTE.match(line))


def order_ended(code: int) -> str:
    """What a DVC that waits for orders says at the end of each."""
    return f"That was the order, exit code {code}"


def order_code(line: str) -> int | None:
    """The exit code if ``line`` is what ``order_ended`` says."""
    found = _ORDER_ENDED.match(line)
    return int(found[1]) if found else None


def _event(line: str) -> tuple[str, str]:
    for event, pattern in _EVENTS.items():
        if found := pattern.match(line):
            return event, found[1]
    return "", ""
