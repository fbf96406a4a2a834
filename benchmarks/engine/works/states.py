"""States of the ZZ feature map, two repetitions, full entanglement: x [N, n] -> [N, 2**n].

H, RZ(2 x_i), RZZ(2 (π - x_i)(π - x_j)) over all pairs, twice; up to a phase of each row.
"""

import numpy as np
from benchmarks.engine.works.cell import Cell, Cost

TITLE = "States of the ZZ map, 2 repetitions"
CELLS = [Cell(n, 1000) for n in (2, 4, 8, 10, 12)] + [Cell(8, 10), Cell(8, 10_000), Cell(14, 100)]
HEADLINE = Cell(8, 1000)


def inputs(cell: Cell) -> tuple[np.ndarray, ...]:
    """Rows uniform in (-π/2, π/2)."""
    random = np.random.default_rng(cell)
    return (random.uniform(-np.pi / 2, np.pi / 2, (cell.rows, cell.n_qubits)).astype(np.float32),)


def cost(cell: Cell) -> Cost:
    """Every amplitude is written once; it is a sum of n (n + 1)/2 phases, and n butterflies."""
    n, amplitudes = cell.n_qubits, cell.rows * 2**cell.n_qubits
    return Cost(8 * amplitudes, amplitudes * (n * (n + 1) + 4 * n))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest 1 - |⟨a|b⟩| of any row."""
    return float(np.abs(1 - np.abs(np.einsum("nd,nd->n", a.conj(), b))).max())
