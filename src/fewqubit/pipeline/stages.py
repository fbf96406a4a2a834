"""Stages under way: any number at once, all ended together."""

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from fewqubit.errors import PipelineError
from fewqubit.pipeline.repro.waiting import WaitingDvc

ALL_BUT_TRACK = ("report",)  # it reads every result; only MLflow's mirror comes after it


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class Stages:
    """Runs single stages of ``project``; leaving the ``with`` block ends all that still run.

    A DVC that has made its stages waits for the next ones. ``lock`` is the descriptor from
    ``sole_run``; every DVC holds it too. ``python`` is the folder from ``loading``, if stages are
    to be forks of a loaded process.
    """

    def __init__(self, project: Path, lock: int, python: Path | None = None) -> None:
        self._of = project, lock, python
        self._busy: set[WaitingDvc] = set()
        self._idle: set[WaitingDvc] = set()
        self._change = threading.Lock()
        self.stopped = False

    def run(self, stages: Sequence[str], say: Callable[[str], None] = _print) -> None:
        """Run ``stages``, one after the other and nothing else, and return when they are done.

        ``say`` gets every line of output. Raises PipelineError if a stage fails or is stopped;
        those after it do not start.
        """
        name, dvc = " → ".join(stages), self._take()
        try:
            code = dvc.make(stages, say)
        finally:
            self._put_back(dvc)
        if self.stopped:
            raise PipelineError(f"{name} was stopped")
        if code != 0:
            raise PipelineError(f"{name} failed (exit code {code}); its output says why")

    def stop(self) -> None:
        """End every running stage and let no other start."""
        with self._change:
            self.stopped = True
            for dvc in self._busy:
                dvc.stop()

    def _take(self) -> WaitingDvc:
        with self._change:
            if self.stopped:
                raise PipelineError("no stage starts any more: the run was stopped")
            dvc = self._idle.pop() if self._idle else WaitingDvc(*self._of)
            self._busy.add(dvc)
            return dvc

    def _put_back(self, dvc: WaitingDvc) -> None:
        if ended := dvc.ended:
            dvc.close()
        with self._change:
            self._busy -= {dvc}
            self._idle |= set() if ended else {dvc}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for dvc in [*self._busy]:
            dvc.wait()
        for dvc in self._idle:
            dvc.close()
