"""A circuit as plain data: a tuple of Pauli rotations and constant unitaries.

Every gate of Qiskit's library is a product of these two. Inverted, controlled or moved to other
qubits, both keep their form.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from fewqubit.compiler.parse.expressions import Affine, scale

Control = tuple[int, int]  # (qubit, the bit it must have)


class Rotation(NamedTuple):
    """exp(-i angle/2 · P) where every control has its bit; ``pauli[k]`` acts on ``qubits[k]``.

    An empty Pauli string is a phase: exp(-i angle/2).
    """

    angle: Affine
    pauli: str
    qubits: tuple[int, ...]
    controls: tuple[Control, ...] = ()


class Unitary(NamedTuple):
    """A constant [2**k, 2**k] where every control has its bit; ``qubits[0]`` is the lowest bit."""

    matrix: np.ndarray
    qubits: tuple[int, ...]
    controls: tuple[Control, ...] = ()


Operation = Rotation | Unitary


class Program(NamedTuple):
    """Operations in the order of time on ``n_qubits`` qubits; angles are in (x, θ)."""

    n_qubits: int
    n_inputs: int
    n_weights: int
    operations: tuple[Operation, ...]


def inverse(operations: Sequence[Operation]) -> list[Operation]:
    """The operations that undo ``operations``."""
    return [_dagger(operation) for operation in reversed(operations)]


def _dagger(operation: Operation) -> Operation:
    if isinstance(operation, Rotation):
        return operation._replace(angle=scale(operation.angle, -1.0))
    return operation._replace(matrix=operation.matrix.conj().T)


def controlled(operations: Iterable[Operation], controls: tuple[Control, ...]) -> list[Operation]:
    """``operations`` where every control has its bit."""
    return [operation._replace(controls=operation.controls + controls) for operation in operations]


def moved(operations: Iterable[Operation], qubits: Sequence[int]) -> list[Operation]:
    """``operations`` with qubit k renamed to ``qubits[k]``."""
    return [
        operation._replace(
            qubits=tuple(qubits[q] for q in operation.qubits),
            controls=tuple((qubits[q], bit) for q, bit in operation.controls),
        )
        for operation in operations
    ]
