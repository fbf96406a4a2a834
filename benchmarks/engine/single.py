"""One peer, one cell: ``python -m benchmarks.engine.single PEER WORK QUBITS ROWS``.

In this process, for machines on which the whole comparison takes too long: a line with seconds of
the processor.
"""

import importlib
import statistics
import sys

from benchmarks.engine.peers import PEERS
from benchmarks.engine.worker import _prepare, _timed
from benchmarks.engine.works.cell import Cell

RUNS = 3


def main() -> None:
    """The first answer, then the median of a few runs."""
    peer, work, qubits, rows = sys.argv[1:]
    works = importlib.import_module(f"benchmarks.engine.peers.{PEERS[peer]}").WORKS
    run, (first, answer) = _prepare(works, work, Cell(int(qubits), int(rows)))
    seconds = statistics.median(_timed(run)[1].processor for _ in range(RUNS))
    times = f"first {first.processor:.3g} s, then {seconds:.3g} s"
    sys.stdout.write(f"{peer}, {work}, {qubits} qubits, {rows} rows: {times}, {answer[0, :2]}\n")


if __name__ == "__main__":
    main()
