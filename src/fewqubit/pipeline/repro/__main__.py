"""``dvc repro`` that writes dvc.lock once a minute instead of after every stage.

DVC reads and writes the whole lock, with its comments kept, for each stage that ran; in the default
run that is three quarters of all the work it does. Here the stages are DVC's own, and so are its
checks, its cache and its words; only the lock waits. A run that is killed meanwhile loses nothing:
DVC's run cache has each result from the moment its stage ended.

    python -m fewqubit.pipeline.repro [--single-item] [STAGE ...]
"""

import argparse
import logging
import sys
import time
from typing import Any

from fewqubit.base.extras import needs

with needs("pipeline", "runs of the pipeline"):
    from dvc.exceptions import DvcException
    from dvc.repo import Repo, lock_repo
    from dvc.stage import PipelineStage, Stage
    from dvc.ui import ui

logger = logging.getLogger("dvc")  # whose lines have DVC's form
WRITE_EVERY_S = 60.0
FAILED, INTERRUPTED = 255, 252  # as DVC itself ends


class LockWriter:
    """Reproduces stages for DVC, and writes to dvc.lock what they read and made, several at once.

    ``__call__`` is what DVC calls for each stage that it has decided to look at.
    """

    def __init__(self) -> None:
        self._made: list[PipelineStage] = []
        self._written_at = time.monotonic()

    def __call__(self, stage: Stage, **how: Any) -> Stage | None:
        if not stage.outs or time.monotonic() - self._written_at > WRITE_EVERY_S:
            self.write()  # what has no outputs, as `track`, is there to read those of others
        made: Stage | None = stage.reproduce(**how)
        if isinstance(made, PipelineStage):
            self._made.append(made)
        elif made is not None:
            made.dump(update_pipeline=False)  # a .dvc file of its own
        if made is not None:
            sys.stdout.write(f"Stage '{stage.addressing}' is made\n")
            sys.stdout.flush()
        return made

    def write(self) -> None:
        """Bring dvc.lock up to date with the stages that were made."""
        for file in {stage.path: stage.dvcfile for stage in self._made}.values():
            of_file = [stage for stage in self._made if stage.path == file.path]
            file.dump_stages(of_file, update_pipeline=False)
        self._made.clear()
        self._written_at = time.monotonic()


def main() -> int:
    """Make the stages that the command line names, or all; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--single-item", action="store_true", help="none of those before them")
    parser.add_argument("stages", nargs="*")
    asked = parser.parse_args()
    ui.enable()
    try:
        with Repo(_wait_for_lock=True) as repo:
            _reproduce(repo, asked.stages, asked.single_item)
    except DvcException:
        logger.exception("")  # the error and its causes, in one line
        return FAILED
    except KeyboardInterrupt:
        logger.error("interrupted by the user")
        return INTERRUPTED
    return 0


def _reproduce(repo: Repo, stages: list[str], single_item: bool) -> None:
    writer = LockWriter()
    with lock_repo(repo), repo.scm_context():
        try:
            repo.reproduce(stages or None, single_item=single_item, repro_fn=writer)
        finally:
            writer.write()


if __name__ == "__main__":
    sys.exit(main())
