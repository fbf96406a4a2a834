"""MaxCut: the largest cut of a graph is the ground state of an Ising Hamiltonian."""

from collections.abc import Sequence

import numpy as np

from fewqubit.errors import DataError
from fewqubit.starts.problem import Problem, pauli
from fewqubit.starts.settings.families import MaxCut

Edges = Sequence[tuple[int, int, float]]
ATTEMPTS = 10_000  # random pairings; about one in e^{(d²−1)/4} is a simple graph


def draw(family: MaxCut, random: np.random.Generator, n_qubits: int) -> Problem:
    """A random weighted graph. Raises DataError: none was found."""
    pairs = (
        regular_graph(random, n_qubits, family.degree)
        if family.graph == "regular"
        else _connected(random, n_qubits, family.probability)
    )
    low, high = family.weights
    weights = random.uniform(low, high, len(pairs)) if low < high else [low] * len(pairs)
    return maxcut(n_qubits, [(i, j, float(w)) for (i, j), w in zip(pairs, weights, strict=True)])


def maxcut(n_nodes: int, edges: Edges) -> Problem:
    """The problem of a graph with nodes 0 … n_nodes − 1. Raises DataError: it is not simple."""
    _check(n_nodes, edges)
    matrix = np.zeros((n_nodes, n_nodes))
    for one, other, weight in edges:
        matrix[one, other] = matrix[other, one] = weight
    terms = [(pauli(n_nodes, Z=[one, other]), weight / 2) for one, other, weight in edges]
    half = sum(weight for *_, weight in edges) / 2
    around = (matrix != 0).sum(0)
    rms = float(np.sqrt(np.mean([weight**2 for *_, weight in edges])))
    return Problem(
        terms=(("I" * n_nodes, -half), *terms),
        descriptors=_descriptors(matrix),
        stretch=rms * float(np.sqrt(around.mean() / 3)),
        edges=tuple(edges),
    )


def regular_graph(random: np.random.Generator, n: int, degree: int) -> list[tuple[int, int]]:
    """A uniform random connected simple graph; half-edges are paired anew until it is one."""
    if degree >= n or n * degree % 2:
        raise DataError(
            f"a regular graph: expected more than {degree} nodes and an even number of half-edges, "
            f"got {n} nodes of degree {degree}"
        )
    stubs = np.repeat(np.arange(n), degree)
    for _ in range(ATTEMPTS):
        pairs = np.sort(random.permutation(stubs).reshape(-1, 2), axis=1)
        simple = (pairs[:, 0] < pairs[:, 1]).all() and len(np.unique(pairs, axis=0)) == len(pairs)
        if simple and _is_connected(n, pairs):
            return sorted((int(i), int(j)) for i, j in pairs)
    raise DataError(f"no simple connected graph of {n} nodes of degree {degree} was drawn")


def _connected(random: np.random.Generator, n: int, probability: float) -> list[tuple[int, int]]:
    first, second = np.triu_indices(n, 1)
    for _ in range(ATTEMPTS):
        kept = random.random(len(first)) < probability
        pairs = np.stack([first[kept], second[kept]], 1)
        if len(pairs) and _is_connected(n, pairs):
            return [(int(i), int(j)) for i, j in pairs]
    raise DataError(
        f"no connected graph of {n} nodes was drawn at a probability of {probability} for each edge"
    )


def _is_connected(n: int, pairs: np.ndarray) -> bool:
    reached = np.eye(n, dtype=bool)
    reached[pairs[:, 0], pairs[:, 1]] = reached[pairs[:, 1], pairs[:, 0]] = True
    for _ in range(n.bit_length()):
        reached = reached @ reached
    return bool(reached.all())


def _descriptors(matrix: np.ndarray) -> tuple[float, ...]:
    """Descriptors in the order of ``MaxCut.names``; counts are per node, to compare sizes."""
    n, linked = len(matrix), (matrix != 0).astype(float)
    degrees, weights = linked.sum(0), matrix[matrix != 0]
    pairs = linked @ linked
    triangles = np.trace(pairs @ linked) / 6
    off = pairs[np.triu_indices(n, 1)]
    squares = (off * (off - 1) / 2).sum() / 2
    spread = weights.std() / max(abs(weights).mean(), 1e-12)
    found = degrees.mean(), degrees.std(), spread, triangles / n, squares / n, n / 10
    return tuple(float(value) for value in found)


def _check(n_nodes: int, edges: Edges) -> None:
    if not edges:
        raise DataError("a graph: expected edges, got none")
    met = set()
    for one, other, weight in edges:
        if one == other or not (0 <= one < n_nodes and 0 <= other < n_nodes):
            raise DataError(
                f"a graph: expected edges between two of the nodes 0 to {n_nodes - 1}, got "
                f"{one}–{other}"
            )
        if not np.isfinite(weight) or weight == 0:
            raise DataError(f"edge {one}–{other}: expected a weight other than 0, got {weight}")
        if frozenset((one, other)) in met:
            raise DataError(f"edge {one}–{other} is there twice; add its weights up")
        met.add(frozenset((one, other)))
