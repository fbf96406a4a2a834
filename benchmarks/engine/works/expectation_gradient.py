"""Value and gradient by θ of one qubit's expectation, (x [N, n], y [N], θ) -> [1 + 10 n].

L = mean_i y_i ⟨Z_0⟩_i after RY(x_q) and a hardware-efficient ansatz of 4 layers: RY and RZ on every
qubit, then four times a chain of CX, RY and RZ. Only five qubits reach ⟨Z_0⟩: there is less to do
for who sees it.
"""

import numpy as np
from benchmarks.engine.works.cell import Cell, Cost

TITLE = "Value and gradient of ⟨Z_0⟩, hardware-efficient, 4 layers"
LAYERS = 4
CELLS = [Cell(n, 256) for n in (2, 4, 6, 8, 10)] + [Cell(10, 10)]
HEADLINE = Cell(10, 256)


def inputs(cell: Cell) -> tuple[np.ndarray, ...]:
    """x, y and θ, standard normal."""
    random = np.random.default_rng(cell)
    shapes = ((cell.rows, cell.n_qubits), (cell.rows,), (2 * cell.n_qubits * (LAYERS + 1),))
    return tuple(random.normal(size=shape).astype(np.float32) for shape in shapes)


def cost(cell: Cell) -> Cost:
    """That of the qubits that reach ⟨Z_0⟩: one more for each chain."""
    return gradient_cost(cell._replace(n_qubits=min(cell.n_qubits, LAYERS + 1)))


def gradient_cost(cell: Cell) -> Cost:
    """A forward and two backward passes; a gate on a pair of amplitudes takes 28 operations."""
    gates = cell.n_qubits * (LAYERS + 1) * cell.rows
    return Cost(3 * 16 * cell.rows * 2**cell.n_qubits, 3 * gates * 14 * 2**cell.n_qubits)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of any component."""
    return float(np.abs(a - b).max())
