"""Worker processes for trials, none of which outlives the search."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread

from fewqubit.base.arithmetic import fix


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Fresh processes, since JAX does not survive a fork; whatever ends the block ends them."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_live_with_parent)
    try:
        yield pool
    finally:
        for process in multiprocessing.active_children():  # a trial under way would be waited for
            process.terminate()
        pool.shutdown(cancel_futures=True)


def _live_with_parent() -> None:
    """Fix the arithmetic, leave Ctrl-C to the parent, end when it is gone, of whatever cause."""
    fix()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: multiprocessing.Process) -> None:
    parent.join()
    os._exit(1)
