"""Gram matrix of the fidelity kernel of the same map: x [N, n] -> |⟨ψ_i|ψ_j⟩|² [N, N]."""

import numpy as np
from benchmarks.engine.works import states
from benchmarks.engine.works.cell import Cell, Cost

TITLE = "Gram matrix of the fidelity kernel"
CELLS = [Cell(8, rows) for rows in (10, 100, 1000, 10_000)]
HEADLINE = Cell(8, 1000)
inputs = states.inputs


def cost(cell: Cell) -> Cost:
    """States, a product of N × 2**n with half of its result, and the matrix written once."""
    moved, done = states.cost(cell)
    return Cost(moved + 4 * cell.rows**2, done + 4 * cell.rows**2 * 2**cell.n_qubits)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of any entry."""
    return float(np.abs(a - b).max())
