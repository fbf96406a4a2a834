"""Qandle on torch (arXiv 2404.09213): every gate a matrix on all qubits, rows in batches."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import qandle
import torch
from benchmarks.engine.works import expectation_gradient as expectation

Run = Callable[[], np.ndarray]

_ENTRIES = 2**25  # of the matrices of a batch, one for each row
_HADAMARD = torch.tensor([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5


def _chunks(rows: torch.Tensor) -> Sequence[torch.Tensor]:
    """As many rows at once as their matrices, 4**n entries each, leave memory for."""
    return rows.split(max(1, _ENTRIES >> 2 * rows.shape[1]))


def _states(x: np.ndarray) -> Run:
    n, rows = x.shape[1], torch.tensor(x)
    wires = range(n - 1, -1, -1)  # its first qubit is the highest bit
    pairs = list(combinations(range(n), 2))
    layers: list[Any] = []
    for _ in range(2):
        for q, wire in enumerate(wires):
            layers += [qandle.CustomGate(wire, _HADAMARD, n), qandle.RZ(wire, name=f"x{q}")]
        for i, j in pairs:
            chain = qandle.CNOT(wires[i], wires[j])
            layers += [chain, qandle.RZ(wires[j], name=f"x{i}x{j}"), chain]
    circuit = qandle.Circuit(layers, num_qubits=n)

    def of(some: torch.Tensor) -> torch.Tensor:
        angles = {f"x{q}": 2 * some[:, q] for q in range(n)}
        for i, j in pairs:
            angles[f"x{i}x{j}"] = 2 * (torch.pi - some[:, i]) * (torch.pi - some[:, j])
        return circuit(**angles)

    @torch.no_grad()
    def run() -> np.ndarray:
        return torch.cat([of(some) for some in _chunks(rows)]).numpy()

    return run


def _gram(x: np.ndarray) -> Run:
    states = _states(x)

    def run() -> np.ndarray:
        psi = torch.tensor(states())
        return ((psi.conj() @ psi.T).abs() ** 2).numpy()

    return run


def _gradient(read: int | None, x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> Run:
    n, rows, targets = x.shape[1], torch.tensor(x), torch.tensor(y)
    starts, angles = [qandle.RY(q, name=f"x{q}") for q in range(n)], iter(torch.tensor(theta))
    layers: list[Any] = []
    for layer in range(expectation.LAYERS + 1):
        layers += [qandle.CNOT(q, q + 1) for q in range(n - 1)] if layer else []
        for q in range(n):
            layers += [gate(q, next(angles), remapping=None) for gate in (qandle.RY, qandle.RZ)]
    circuit = qandle.Circuit([*starts, *layers, qandle.MeasureProbability()], num_qubits=n)
    weights = [part for part in circuit.circuit.layers[n:] if hasattr(part, "theta")]

    def loss(some: torch.Tensor, asked: torch.Tensor) -> torch.Tensor:
        zeros = circuit(**{f"x{q}": some[:, q] for q in range(n)}).reshape(len(some), n)
        return (asked * (2 * zeros - 1)[:, :read].mean(1)).sum() / len(rows)

    def run() -> np.ndarray:
        circuit.zero_grad()
        parts = _chunks(rows)
        losses = [loss(*part) for part in zip(parts, targets.split(len(parts[0])), strict=True)]
        value = torch.stack(losses).sum()
        value.backward()
        return np.array([value.item(), *(part.theta.grad.item() for part in weights)])

    return run


WORKS = {
    "states": _states,
    "gram": _gram,
    "expectation_gradient": partial(_gradient, 1),
    "readout_gradient": partial(_gradient, None),
}
