"""One run at a time in a project; a lock ends with the process that holds it."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fewqubit.base.extras import needs
from fewqubit.pipeline.lock_file import keep_lock_file
from fewqubit.pipeline.process import REPRO

with needs("pipeline", "runs of the pipeline"):
    import psutil

DVC_TMP = Path(".dvc/tmp")


@contextmanager
def sole_run(project: Path, say: Callable[[str], None]) -> Iterator[int]:
    """Wait until no other run is at work in ``project``; the block holds the lock.

    Yields the file descriptor of the lock. A process that inherits it shares the lock: it is free
    again when the last of them has ended. So the processes of a killed run have ended before the
    next run begins. The kernel frees the lock; there is nothing to clean up.
    """
    folder = project / DVC_TMP
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fewqubit.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is at work in this project, or about to end: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        clear_dead_claims(project)
        keep_lock_file(project, say)
        try:
            yield file.fileno()
        finally:
            keep_lock_file(project, say)
            clear_dead_claims(project)  # an interrupted DVC may have left its list half written


def clear_dead_claims(project: Path) -> None:
    """Delete DVC's list of files in use when no DVC that put its name there is alive.

    DVC ignores the claims of dead processes, but it fails on a list that a kill has cut short, and
    on a process number that now belongs to another program.
    """
    claims = project / DVC_TMP / "rwlock"
    if not claims.exists():
        return
    with claims.with_name("rwlock.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # DVC's own rule for changing the list
        if not any(_is_dvc(number) for number in _claimants(claims)):
            claims.unlink(missing_ok=True)


def _claimants(claims: Path) -> set[int]:
    try:
        held = json.loads(claims.read_text())
        readers = [claim for group in held.get("read", {}).values() for claim in group]
        return {claim["pid"] for claim in [*readers, *held.get("write", {}).values()]}
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
        return set()  # cut short: whoever wrote it is dead, since we hold the writer's lock


def _is_dvc(number: int) -> bool:
    try:
        words = psutil.Process(number).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False  # ended, or a process of another user, who has no business in this project
    return any(Path(word).name == "dvc" or word == REPRO for word in words)
