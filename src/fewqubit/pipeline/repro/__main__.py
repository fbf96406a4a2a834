"""``dvc repro`` that writes dvc.lock once a minute instead of after every stage.

DVC reads and writes the whole lock, with its comments kept, for each stage that ran; in the default
run that is three quarters of all the work it does. Here the stages are DVC's own, and so are its
checks, its cache and its words; only the lock waits. A run that is killed meanwhile loses nothing:
DVC's run cache has each result from the moment its stage ended.

    python -m fewqubit.pipeline.repro [STAGE ...]
    python -m fewqubit.pipeline.repro --orders DESCRIPTOR

The second form starts once for many chains of stages (``WaitingDvc`` asks). Each
line from the descriptor is an order: names of stages to make, those before them left alone, as a
JSON list; an empty one, to write the lock.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from fewqubit.base.extras import needs
from fewqubit.pipeline.repro.lines import order_ended

with needs("pipeline", "runs of the pipeline"):
    import dvc.lock
    from dvc.exceptions import DvcException
    from dvc.repo import Repo, lock_repo
    from dvc.stage import PipelineStage, Stage
    from dvc.ui import ui

logger = logging.getLogger("dvc")  # whose lines have DVC's form
WRITE_EVERY_S = 60.0
LOOK_S = 0.05
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

    @property
    def waiting(self) -> bool:
        """Whether stages were made that dvc.lock does not show yet."""
        return bool(self._made)

    def write(self) -> None:
        """Bring dvc.lock up to date with the stages that were made."""
        for file in {stage.path: stage.dvcfile for stage in self._made}.values():
            of_file = [stage for stage in self._made if stage.path == file.path]
            file.dump_stages(of_file, update_pipeline=False)
        self._made.clear()
        self._written_at = time.monotonic()


def main() -> int:
    """Make the stages that the command line names, or all, or those of every order; exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, help="file descriptor to read orders from")
    parser.add_argument("stages", nargs="*")
    asked = parser.parse_args()
    ui.enable()
    dvc.lock.DEFAULT_TIMEOUT = 6 * LOOK_S  # it looks six times whether another DVC's lock is free
    try:
        with Repo(_wait_for_lock=True) as repo:
            if asked.orders is not None:
                _follow(repo, asked.orders)
                return 0
            return _reproduce(repo, asked.stages)
    except KeyboardInterrupt:
        logger.error("interrupted by the user")
        return INTERRUPTED


def _reproduce(repo: Repo, stages: list[str]) -> int:
    with _lock_writer(repo) as writer:
        return _make(repo, writer, stages or None, single_item=False) or _write(repo, writer)


def _follow(repo: Repo, orders: int) -> None:
    """Make what each order names, until there is nobody who could give another."""
    with open(orders) as lines, _lock_writer(repo) as writer:
        for line in lines:
            stages = json.loads(line)
            code = _make(repo, writer, stages, single_item=True) if stages else _write(repo, writer)
            sys.stdout.write(order_ended(code) + "\n")
            sys.stdout.flush()


@contextmanager
def _lock_writer(repo: Repo) -> Iterator[LockWriter]:
    """Its stages are in dvc.lock in the end, whatever ends the work."""
    writer = LockWriter()
    try:
        yield writer
    finally:
        _write(repo, writer)


def _make(repo: Repo, writer: LockWriter, stages: list[str] | None, *, single_item: bool) -> int:
    make = partial(repo.reproduce, stages, single_item=single_item, repro_fn=writer)
    return _alone(repo, make)


def _write(repo: Repo, writer: LockWriter) -> int:
    return _alone(repo, writer.write) if writer.waiting else 0


def _alone(repo: Repo, work: Callable[[], Any]) -> int:
    """Do ``work`` while no other DVC is at work; its exit code."""
    try:
        with lock_repo(repo), repo.scm_context():
            work()
    except DvcException:
        logger.exception("")  # the error and its causes, in one line
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
