"""All peers through all cells, turn by turn, each within a limit of time."""

import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from benchmarks.engine.limits import Machine, floor_seconds
from benchmarks.engine.peers import PEERS
from benchmarks.engine.worker import Measured, serve
from benchmarks.engine.works import WORKS
from benchmarks.engine.works.cell import Cell

from fewqubit.tracking.commit import COMMIT, commit_tags

AGREEMENT = 1e-3


class Entry(NamedTuple):
    """One peer in one cell. ``status``: measured, absent, not offered, no answer, wrong."""

    peer: str
    status: str
    first: Measured | None = None
    runs: list[Measured] = []  # noqa: RUF012
    distance: float = 0.0


class Worker:
    """A peer's process; a new one is started when the last had to be killed."""

    def __init__(self, peer: str) -> None:
        self.peer, self._context = peer, multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._connection, other = self._context.Pipe()
        self._process = self._context.Process(target=serve, args=(PEERS[self.peer], other))
        self._process.start()
        self.state, self.offers = self._connection.recv()

    def ask(self, limit: float, *request: Any) -> Any:
        """The answer, or None if it took more than ``limit`` seconds of the processor."""
        self._connection.send(request)
        before = self._processor_seconds()
        try:
            while not self._connection.poll(0.2):
                if self._processor_seconds() - before > limit:
                    break
            else:
                return self._connection.recv()
        except EOFError:
            pass  # it died, of memory for example
        self._process.kill()
        self._process.join()
        self._start()
        return None

    def _processor_seconds(self) -> float:
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def stop(self) -> None:
        """Let the process end."""
        if self.state == "offers":
            self._connection.send(("stop",))
        self._process.join()


def measure(
    cells: Sequence[tuple[str, Cell]], limit: float, rounds: int
) -> Iterator[dict[str, Any]]:
    """The record after every cell: machine, load, and all cells so far with their entries."""
    machine, table = Machine.measured(), []
    workers = [Worker(peer) for peer in PEERS]
    for work, cell in cells:
        table.append(_cell(workers, work, cell, machine, limit * _patience(work, cell), rounds))
        yield {
            "options": " ".join(sys.argv[1:]),
            "date": time.strftime("%Y-%m-%d"),
            "commit": commit_tags(Path()).get(COMMIT, "no commit")[:7],
            "processor": {"cores": os.cpu_count(), "kind": platform.machine()},
            "load": {"start": machine.load, "end": os.getloadavg()[0]},
            "machine": machine._asdict(),
            "limit": limit,
            "cells": table,
        }
    for worker in workers:
        worker.stop()


def _patience(work: str, cell: Cell) -> int:
    """The cells of the targets may take four times as long: some peers compile for minutes."""
    return 4 if cell == WORKS[work].HEADLINE else 1


def _cell(
    workers: list[Worker], work: str, cell: Cell, machine: Machine, limit: float, rounds: int
) -> dict[str, Any]:
    """First each peer's first answer, compared; then rounds in which each runs once."""
    entries = {worker.peer: entry for worker, entry in _first_answers(workers, work, cell, limit)}
    left = dict.fromkeys(entries, limit / 20)  # a slow peer runs once or twice
    for _ in range(rounds):
        for worker in workers:
            entry = entries[worker.peer]
            if entry.status == "measured" and left[worker.peer] > 0:
                run = worker.ask(limit, "run")
                if run is not None:
                    entry.runs.append(run)
                    left[worker.peer] -= run.processor
    sys.stderr.write(f"{work} {cell.n_qubits} qubits, {cell.rows} rows\n")
    return {
        "work": work,
        **cell._asdict(),
        "floor": floor_seconds(WORKS[work].cost(cell), machine),
        "peers": {peer: _summary(entry) for peer, entry in entries.items()},
    }


def _first_answers(
    workers: list[Worker], work: str, cell: Cell, limit: float
) -> Iterator[tuple[Worker, Entry]]:
    reference = None
    for worker in workers:
        if worker.state == "absent":
            yield worker, Entry(worker.peer, f"absent ({worker.offers})")
        elif work not in worker.offers:
            yield worker, Entry(worker.peer, "not offered")
        elif (reply := worker.ask(limit, "prepare", work, cell)) is None:
            yield worker, Entry(worker.peer, f"no answer in {limit:.0f} s")
        else:
            first, answer = reply
            reference = answer if reference is None else reference
            apart = WORKS[work].distance(reference, answer)
            status = "measured" if apart < AGREEMENT else "wrong"
            yield worker, Entry(worker.peer, status, first, [], apart)


def _summary(entry: Entry) -> dict[str, Any]:
    """Medians; what the first answer took beyond a run is called compiling."""
    if not entry.runs or entry.first is None:
        return {"status": entry.status, "distance": entry.distance}
    wall = statistics.median(run.wall for run in entry.runs)
    processor = statistics.median(run.processor for run in entry.runs)
    return {
        "status": entry.status,
        "distance": entry.distance,
        "seconds": wall,
        "processor_seconds": processor,
        "runs": len(entry.runs),
        "compile_seconds": max(entry.first.wall - wall, 0.0),
        "compile_processor_seconds": max(entry.first.processor - processor, 0.0),
    }
