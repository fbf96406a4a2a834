"""Worker processes of this machine, which always end with their work."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any, Protocol

from fewqubit.base.arithmetic import fix


class Pool(Protocol):
    """An executor of functions."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Run ``function(*args)`` as soon as a worker is free."""


@contextmanager
def processes(workers: int) -> Iterator[Pool]:
    """Spawned processes, since JAX does not survive a fork; they end with the block."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_live_with_parent)
    try:
        yield pool
    finally:
        for process in multiprocessing.active_children():  # else running work would delay the exit
            process.terminate()
        pool.shutdown(cancel_futures=True)


def _live_with_parent() -> None:
    """Fix the arithmetic, leave Ctrl-C to the parent, and exit when the parent ends."""
    fix()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: multiprocessing.Process) -> None:
    parent.join()
    os._exit(1)
