"""``dvc repro`` that writes a stage's part of dvc.lock, not the whole file.

DVC reads and writes the whole lock, with its comments kept, for each stage that ran; in the default
run that is three quarters of all the work it does. Here the stages are DVC's own, and so are its
checks, its cache and its words; only the lock is written otherwise (``lock_text``), to the same
bytes.

    python -m fewqubit.pipeline.repro [STAGE ...]
    python -m fewqubit.pipeline.repro --orders DESCRIPTOR

The second form starts once for many chains of stages (``WaitingDvc`` asks). Each
line from the descriptor is an order: names of stages to make, those before them left alone, as a
JSON list.
"""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

from fewqubit.base.extras import needs
from fewqubit.base.io.files import write_text
from fewqubit.pipeline.repro.lines import order_ended
from fewqubit.pipeline.repro.lock_text import with_stage
from fewqubit.pipeline.repro.read_once import read_yaml_once

with needs("pipeline", "runs of the pipeline"):
    import dvc.lock
    from dvc.exceptions import DvcException
    from dvc.repo import Repo, lock_repo
    from dvc.stage import PipelineStage, Stage
    from dvc.stage.serialize import to_single_stage_lockfile
    from dvc.ui import ui

logger = logging.getLogger("dvc")  # whose lines have DVC's form
LOOK_S = 0.05
FAILED, INTERRUPTED = 255, 252  # as DVC itself ends


def _make_stage(stage: Stage, **how: Any) -> Stage | None:
    """What DVC calls for each stage that it has decided to look at."""
    made: Stage | None = stage.reproduce(**how)
    if isinstance(made, PipelineStage):
        _lock(made)
    elif made is not None:
        made.dump(update_pipeline=False)  # a .dvc file of its own
    if made is not None:
        sys.stdout.write(f"Stage '{stage.addressing}' is made\n")
        sys.stdout.flush()
    return made


def _lock(stage: PipelineStage) -> None:
    """Say in dvc.lock what ``stage`` read and made."""
    path = Path(stage.path).with_suffix(".lock").resolve()  # in a view it is a link
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = with_stage(before, stage.name, to_single_stage_lockfile(stage))
    if after is None:
        stage.dvcfile.dump_stages([stage], update_pipeline=False)
    elif after != before:
        write_text(path, after)
        stage.repo.scm_context.track_file(path.name)


def main() -> int:
    """Make the stages that the command line names, or all, or those of every order; exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, help="file descriptor to read orders from")
    parser.add_argument("stages", nargs="*")
    asked = parser.parse_args()
    ui.enable()
    dvc.lock.DEFAULT_TIMEOUT = 6 * LOOK_S  # it looks six times whether another DVC's lock is free
    read_yaml_once()
    try:
        with Repo(_wait_for_lock=True) as repo:
            if asked.orders is not None:
                _follow(repo, asked.orders)
                return 0
            return _make(repo, asked.stages or None, single_item=False)
    except KeyboardInterrupt:
        logger.error("interrupted by the user")
        return INTERRUPTED


def _follow(repo: Repo, orders: int) -> None:
    """Make what each order names, until there is nobody who could give another."""
    with open(orders) as lines:
        for line in lines:
            code = _make(repo, json.loads(line), single_item=True)
            sys.stdout.write(order_ended(code) + "\n")
            sys.stdout.flush()


def _make(repo: Repo, stages: list[str] | None, *, single_item: bool) -> int:
    """Make ``stages``, while no other DVC is at work; the exit code."""
    try:
        with lock_repo(repo), repo.scm_context():
            repo.reproduce(stages, single_item=single_item, repro_fn=_make_stage)
    except DvcException:
        logger.exception("")  # the error and its causes, in one line
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
