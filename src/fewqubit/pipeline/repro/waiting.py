"""A DVC that waits for stages: it starts once and makes chain after chain."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from fewqubit.pipeline.process import GuardedProcess, repro
from fewqubit.pipeline.repro.lines import order_code


class WaitingDvc:
    """Such a DVC in ``project``, which dies with this process and keeps the descriptor ``lock``.

    ``python`` is a folder with the ``python`` of its stages.
    """

    def __init__(self, project: Path, lock: int, python: Path | None = None) -> None:
        orders, mine = os.pipe()
        self._orders = os.fdopen(mine, "w", encoding="utf-8")
        try:
            command, keeps = repro("--orders", str(orders)), (lock, orders)
            self._process = GuardedProcess(
                command, project, captured=True, keeps=keeps, python=python
            )
        finally:
            os.close(orders)
        self._lines = self._process.lines()

    def make(self, stages: Sequence[str], say: Callable[[str], None]) -> int:
        """Make ``stages`` and nothing else, one after the other; the exit code of ``dvc repro``.

        ``say`` gets every line of output.
        """
        with suppress(BrokenPipeError, ValueError):  # killed, stopped: then there are no more lines
            self._orders.write(json.dumps([*stages]) + "\n")
            self._orders.flush()
        for line in self._lines:
            code = order_code(line)
            if code is not None:
                return code
            say(line)
        return self._process.wait()

    @property
    def ended(self) -> bool:
        """Whether it takes no more orders."""
        return self._process.ended

    def stop(self) -> None:
        """End it, in the middle of a stage too; may be called from any thread."""
        self._give_no_more()
        self._process.stop()

    def wait(self) -> None:
        """Return when it has ended."""
        self._process.wait()

    def close(self) -> None:
        """Let it end when it has done its last order."""
        self._give_no_more()
        self._process.wait()
        self._process.close()

    def _give_no_more(self) -> None:
        with suppress(BrokenPipeError):  # what a killed one did not read
            self._orders.close()
