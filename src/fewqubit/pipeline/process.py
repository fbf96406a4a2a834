"""One command under guard: its lines as they come, its exit code, and an end in any case."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from fewqubit.base.extras import check
from fewqubit.pipeline import guard
from fewqubit.pipeline.environment import stage_environment

REPRO = "fewqubit.pipeline.repro"


def dvc(*arguments: str) -> list[str]:
    """The command line of this Python's DVC, which waits while another DVC reads or writes."""
    check("dvc", "pipeline", "runs of the pipeline")
    return module("dvc", "--wait-for-lock", *arguments)


def repro(*arguments: str) -> list[str]:
    """The command line of ``dvc repro`` that writes dvc.lock less often."""
    check("dvc", "pipeline", "runs of the pipeline")
    return module(REPRO, *arguments)


def module(name: str, *arguments: str) -> list[str]:
    """The command line of an installed module, run by this Python."""
    return [sys.executable, "-m", name, *arguments]


class GuardedProcess:
    """A command that ends, with all its children, no later than its ``with`` block.

    It also ends when this process dies, whatever the cause (``guard``). ``captured`` gives stdout
    and stderr to ``lines``; otherwise they go where this process's own go. ``keeps`` are
    file descriptors that the command keeps open for as long as it lives: the lock of the project.
    ``python`` is a folder with the ``python`` of its stages.
    """

    def __init__(
        self,
        command: Sequence[str],
        cwd: Path,
        *,
        captured: bool = False,
        keeps: Sequence[int] = (),
        python: Path | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-IS", guard.__file__, *command],
            cwd=cwd,
            env=stage_environment(cwd, python),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if captured else None,
            stderr=subprocess.STDOUT if captured else None,
            pass_fds=keeps,
            start_new_session=True,  # a Ctrl-C in the terminal reaches us alone; we tell the guard
            encoding="utf-8",
            errors="replace",
        )

    def lines(self) -> Iterator[str]:
        """The captured output, line by line, until the command and all its children ended."""
        if self._process.stdout is not None:
            for line in self._process.stdout:
                yield line.rstrip("\n")

    @property
    def ended(self) -> bool:
        """Whether the command has ended."""
        return self._process.poll() is not None

    def wait(self) -> int:
        """The exit code, once the command ended."""
        return self._process.wait()

    def stop(self) -> None:
        """End the command and its children; may be called from any thread, any number of times."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def close(self) -> None:
        """``stop``, and return when it has ended."""
        self.stop()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
