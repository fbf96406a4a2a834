"""Value and gradient by all angles of QAOA on many graphs at once, (edges, θ) -> [rows, 1 + 2p].

MaxCut on random 3-regular graphs, one a row, each with angles of its own: E = −(weight of the cut)
after ``DEPTH`` layers e^{iβΣX} e^{−iγH} on |+…+⟩, θ = (γ_1 … γ_p, β_1 … β_p).
"""

import networkx
import numpy as np
from benchmarks.engine.works.cell import Cell, Cost

TITLE = "Value and gradient of QAOA, 3 layers, 3-regular graphs"
DEPTH = 3
CELLS = [Cell(10, 64), Cell(14, 64)]
HEADLINE = Cell(14, 64)


def inputs(cell: Cell) -> tuple[np.ndarray, ...]:
    """Edges [rows, 3n/2, 2], and angles in (0, 1)."""
    random = np.random.default_rng(cell)
    graphs = [networkx.random_regular_graph(3, cell.n_qubits, seed) for seed in range(cell.rows)]
    edges = np.array([sorted(map(sorted, graph.edges)) for graph in graphs], np.int32)
    return edges, random.uniform(size=(cell.rows, 2 * DEPTH)).astype(np.float32)


def diagonals(edges: np.ndarray, n: int) -> np.ndarray:
    """H_bb = −(edges whose ends differ in b), [rows, 2**n], for those who work with vectors."""
    basis = np.arange(2**n)
    ends = basis >> edges[..., None] & 1  # [rows, edges, 2, 2**n]
    return -(ends[:, :, 0] ^ ends[:, :, 1]).sum(1).astype(np.float32)


def cost(cell: Cell) -> Cost:
    """A forward and two backward passes; a mixer is two Walsh–Hadamard transforms and a phase."""
    amplitudes = cell.rows * 2**cell.n_qubits
    return Cost(4 * amplitudes, 3 * DEPTH * amplitudes * (4 * cell.n_qubits + 12))


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of any component, of energies of about 3n/4."""
    return float(np.abs(a - b).max()) / 10
