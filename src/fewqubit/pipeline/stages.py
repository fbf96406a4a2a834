"""Stages under way: any number at once, all ended together."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from fewqubit.errors import PipelineError
from fewqubit.pipeline.process import GuardedProcess, repro

ALL_BUT_TRACK = ("report",)  # it reads every result; only MLflow's mirror comes after it


class Stages:
    """Runs single stages of ``project``; leaving the ``with`` block ends all that still run.

    ``lock`` is the descriptor from ``sole_run``; every process of a stage holds it too.
    """

    def __init__(self, project: Path, lock: int) -> None:
        self._project = project
        self._lock = lock
        self._running: set[GuardedProcess] = set()
        self._change = threading.Lock()
        self.stopped = False

    def run(self, stages: Sequence[str], say: Callable[[str], None] | None = None) -> None:
        """Run ``stages``, one after the other and nothing else, and return when they are done.

        ``say`` gets every line of output; without it, output goes where this process's goes.
        Raises PipelineError if a stage fails or is stopped; those after it do not start.
        """
        name, command = " → ".join(stages), repro("--single-item", *stages)
        with self._start(command, captured=say is not None) as process:
            try:
                for line in process.lines():
                    if say is not None:
                        say(line)
                code = process.wait()
            finally:
                with self._change:
                    self._running.discard(process)
        if self.stopped:
            raise PipelineError(f"{name} was stopped")
        if code != 0:
            raise PipelineError(f"{name} failed (exit code {code}); its output says why")

    def stop(self) -> None:
        """End every running stage and let no other start."""
        with self._change:
            self.stopped = True
            for process in self._running:
                process.stop()

    def _start(self, command: list[str], *, captured: bool) -> GuardedProcess:
        with self._change:
            if self.stopped:
                raise PipelineError("no stage starts any more: the run was stopped")
            process = GuardedProcess(command, self._project, captured=captured, lock=self._lock)
            self._running.add(process)
            return process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        for process in [*self._running]:
            process.wait()
