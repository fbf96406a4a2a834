"""Runs: consecutive gates of one qubit as one product of 2 × 2 matrices.

    M = Π_j (cos(a_j/2) A_j + sin(a_j/2) B_j)

A turn exp(-ia/2 P) after a constant C is cos(a/2) C + sin(a/2) (-iPC): constants cost nothing.
"""

from typing import NamedTuple

import numpy as np

from fewqubit.compiler.fuse.items import Turn
from fewqubit.compiler.parse.expressions import Affine, combine

Run = tuple[np.ndarray | Turn, ...]

_PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


class Factor(NamedTuple):
    """cos(angle/2) A + sin(angle/2) B."""

    cosine: np.ndarray
    sine: np.ndarray
    angle: Affine


def is_constant(run: Run) -> bool:
    """Whether the run depends on no parameter."""
    return not any(isinstance(gate, Turn) and gate.angle.terms for gate in run)


def is_real(run: Run) -> bool:
    """Whether the run is a real matrix for all values of its parameters."""
    return all(
        gate.pauli == "Y" if isinstance(gate, Turn) else np.isrealobj(tidy(gate)) for gate in run
    )


def is_diagonal(gate: np.ndarray | Turn) -> bool:
    """Whether the gate only changes phases."""
    if isinstance(gate, Turn):
        return gate.pauli in "IZ"
    return bool(np.allclose(gate, np.diag(np.diag(gate)), atol=1e-12))


def simplified(run: Run) -> Run:
    """``run`` with constants multiplied and turns about one axis added; () for the identity."""
    gates: list[np.ndarray | Turn] = []
    for gate in run:
        last = gates[-1] if gates else None
        if isinstance(gate, Turn) and not gate.angle.terms:
            gate = turn_matrix(gate)
        if isinstance(gate, Turn) and isinstance(last, Turn) and gate.pauli == last.pauli:
            gates[-1] = Turn(gate.pauli, combine(last.angle, gate.angle, 1.0, 1.0))
        elif isinstance(gate, np.ndarray) and isinstance(last, np.ndarray):
            gates[-1] = gate @ last
        else:
            gates.append(gate)
    kept = tuple(gate for gate in gates if not _is_identity(gate))
    return kept if len(kept) == len(run) else simplified(kept)


def matrix(run: Run) -> np.ndarray:
    """The product of a constant run."""
    product = np.eye(2, dtype=complex)
    for gate in run:
        product = (turn_matrix(gate) if isinstance(gate, Turn) else gate) @ product
    return product


def factors(run: Run) -> list[Factor]:
    """A run that is not constant, constants folded into its turns; the first acts first."""
    found: list[Factor] = []
    constant = np.eye(2)
    for gate in run:
        if isinstance(gate, Turn):
            found.append(Factor(constant, -1j * _PAULIS[gate.pauli] @ constant, gate.angle))
            constant = np.eye(2)
        else:
            constant = gate @ constant
    last = found[-1]
    found[-1] = Factor(constant @ last.cosine, constant @ last.sine, last.angle)
    return found


def turn_matrix(turn: Turn) -> np.ndarray:
    """The matrix of a turn by a constant angle."""
    half = turn.angle.constant / 2
    return np.cos(half) * np.eye(2) - 1j * np.sin(half) * _PAULIS[turn.pauli]


def tidy(entries: np.ndarray) -> np.ndarray:
    """``entries`` as a real array if they are real, up to rounding."""
    is_real = np.isrealobj(entries) or np.allclose(entries.imag, 0, atol=1e-14)
    return entries.real if is_real else entries


def _is_identity(gate: np.ndarray | Turn) -> bool:
    if isinstance(gate, Turn):
        return gate.angle == Affine(0.0)
    return bool(np.allclose(gate, np.eye(2), atol=1e-12))
