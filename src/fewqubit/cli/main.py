"""All commands, and what surrounds each: its streams, and errors as one line."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path

from rich.console import Console

from fewqubit.base.usercode import OwnCode, wants_traceback
from fewqubit.cli import (  # noqa: F401 - registers their commands
    champion,
    experiment,
    learner,
    look,
    project,
    server,
    start,
)
from fewqubit.cli.root import commands
from fewqubit.errors import FewqubitError, fault_of

__all__ = ["commands", "main"]


def main() -> None:
    """Run the command; what Fewqubit raises on purpose is one line on stderr and exit code 2.

    So are faults of the disk and of memory, in the system's words.
    """
    _open_streams()
    try:
        with OwnCode():
            try:
                commands()
            finally:
                _flush()
    except (FewqubitError, OSError, MemoryError) as error:
        if wants_traceback():
            raise
        Console(stderr=True, soft_wrap=True).print(
            fault_of(error), style="red", markup=False, highlight=False
        )
        sys.exit(2)


def _open_streams() -> None:
    """Point closed streams at the null device, before a file takes their place; accept any text."""
    while (place := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(place)
    sys.stdin = sys.stdin or os.fdopen(0, "r")
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _flush() -> None:
    """Flush output now, while a reader that has gone away can still be reported."""
    try:
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("w") as nowhere:  # or Python tries again at its end
            os.dup2(nowhere.fileno(), 1)
        if not isinstance(error, BrokenPipeError):
            raise
