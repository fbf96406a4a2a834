"""Shows in Prefect how far a stage is: its lines in the log, its percentage as an artifact."""

import re
from logging import Logger, LoggerAdapter
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from fewqubit.pipeline.percent import percent_in
from fewqubit.pipeline.repro.lines import chatter


class StageLog:
    """Takes the lines of one stage; the progress artifact exists once there is progress."""

    def __init__(self, stage: str, logger: "Logger | LoggerAdapter[Logger]") -> None:
        self._stage = stage
        self._logger = logger
        self._artifact: UUID | None = None
        self._percent = -1

    def __call__(self, line: str) -> None:
        """Log ``line``, but not DVC's chatter, and move the progress on if it tells how far."""
        if chatter(line):
            return
        self._logger.info(line)
        percent = percent_in(line)
        if percent is not None and percent != self._percent:
            self._percent = percent
            self._show(percent)

    def _show(self, percent: int) -> None:
        if self._artifact is None:
            key = re.sub("[^a-z0-9]+", "-", self._stage.lower()).strip("-")
            made = create_progress_artifact(percent, key=key, description=self._stage)
            self._artifact = cast(UUID, made)  # a coroutine only where an event loop runs
        else:
            update_progress_artifact(self._artifact, progress=percent)
