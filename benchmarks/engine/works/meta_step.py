"""A second-order MAML step: value and gradient through five inner steps, 5-way 1-shot, 15 queries.

Six qubits: RY(x_q), then three times RY(θ) and a chain of CX; logits = ⟨Z⟩ W + b. The answer is the
meta-loss and its gradient by θ, W and b in one vector.
"""

import numpy as np
from benchmarks.engine.works.cell import Cell, Cost

TITLE = "Second-order meta-step, 5-way 1-shot, 15 queries, 5 inner steps"
LAYERS, N_WAY, N_QUERY, INNER_STEPS, INNER_RATE = 3, 5, 15, 5, 0.1
HEADLINE = Cell(6, 16)
CELLS = [HEADLINE]


def inputs(cell: Cell) -> tuple[np.ndarray, ...]:
    """θ, W, b; support rows and classes, query rows and classes, each with a leading task axis."""
    random, (n, tasks) = np.random.default_rng(cell), cell
    parameters = [random.normal(size=shape) for shape in (n * LAYERS, (n, N_WAY), N_WAY)]
    support, query = (random.normal(size=(tasks, N_WAY * k, n)) for k in (1, N_QUERY))
    classes = [np.tile(np.repeat(np.arange(N_WAY), k), (tasks, 1)) for k in (1, N_QUERY)]
    floats = (array.astype(np.float32) for array in (*parameters, support, query))
    theta, weights, bias, support_x, query_x = floats
    return theta, weights, bias, support_x, classes[0], query_x, classes[1]


def cost(cell: Cell) -> Cost:
    """Gates on real amplitudes; a gradient is three forward passes, a second-order step nine."""
    states = cell.rows * N_WAY * (9 * INNER_STEPS + 3 * N_QUERY)
    gates = cell.n_qubits * LAYERS * 3 * 2**cell.n_qubits
    return Cost(8 * states * 2**cell.n_qubits, states * gates)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of any component."""
    return float(np.abs(a - b).max())
