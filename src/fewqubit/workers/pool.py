"""Worker processes of this machine; none outlives its work."""

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
    """Where work is done."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Begin ``function(*args)`` as soon as there is room."""


@contextmanager
def processes(workers: int) -> Iterator[Pool]:
    """Fresh processes, since JAX does not survive a fork; whatever ends the block ends them."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_live_with_parent)
    try:
        yield pool
    finally:
        for process in multiprocessing.active_children():  # work under way would be waited for
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
