"""A peer in a process of its own: its threads, its caches and its death are its own."""

import importlib
import time
import warnings
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np
from benchmarks.engine.works import WORKS
from benchmarks.engine.works.cell import Cell

SHOWN_ROWS = 8  # of a large answer, enough to see that it is right


class Measured(NamedTuple):
    """Seconds on the wall and of the processor, of all threads."""

    wall: float
    processor: float


def serve(module: str, connection: Connection) -> None:
    """Answer ("prepare", work, cell), ("run",) and ("stop",) until stopped."""
    warnings.simplefilter("ignore")
    try:
        works = importlib.import_module(f"benchmarks.engine.peers.{module}").WORKS
    except ModuleNotFoundError as error:
        connection.send(("absent", error.name))
        return
    connection.send(("offers", sorted(works)))
    run: Any = None
    while (request := connection.recv())[0] != "stop":
        if request[0] == "prepare":
            run, answer = _prepare(works, *request[1:])
            connection.send(answer)
        else:
            connection.send(_timed(run)[1])


def _prepare(works: Any, work: str, cell: Cell) -> tuple[Any, tuple[Measured, np.ndarray]]:
    """Build and run once: what a user waits for the first answer."""
    inputs = WORKS[work].inputs(cell)
    (run, answer), first = _timed(lambda: _build(works[work], inputs))
    return run, (first, answer[:SHOWN_ROWS, :] if answer.ndim == 2 else answer)


def _build(make: Any, inputs: tuple[np.ndarray, ...]) -> tuple[Any, np.ndarray]:
    run = make(*inputs)
    return run, run()


def _timed(function: Any) -> tuple[Any, Measured]:
    wall, processor = time.perf_counter(), time.process_time()
    answer = function()
    return answer, Measured(time.perf_counter() - wall, time.process_time() - processor)
