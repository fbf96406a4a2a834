"""Operations -> four kinds of items that fuse well: turns of one qubit, phases, shuffles, the rest.

A controlled or many-qubit Pauli rotation is a phase polynomial between changes of basis of single
qubits; what is left of a circuit after this are layers of one-qubit gates, diagonals and
permutations, and a few dense matrices.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import scipy.linalg

from fewqubit.compiler.fuse.bits import mask_of
from fewqubit.compiler.parse.expressions import Affine, scale
from fewqubit.compiler.parse.program import Control, Operation, Rotation, Unitary

_TOLERANCE = 1e-12
_H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
BASIS = {"X": _H, "Y": np.diag([1, 1j]) @ _H, "Z": np.eye(2), "I": np.eye(2)}  # P = V Z V†


class Turn(NamedTuple):
    """exp(-i angle/2 P) on one qubit, P one of I, X, Y, Z."""

    pauli: str
    angle: Affine


class Local(NamedTuple):
    """A one-qubit gate, constant [2, 2] or turn."""

    qubit: int
    gate: np.ndarray | Turn


class Phase(NamedTuple):
    """exp(-i angle/2 (-1)^(parity of the bits in ``mask``))."""

    mask: int
    angle: Affine


class Shuffle(NamedTuple):
    """A constant gate with one entry per row: ψ'[b] = phases[b] ψ[source[b]], b of ``qubits``."""

    qubits: tuple[int, ...]
    source: np.ndarray
    phases: np.ndarray
    controls: tuple[Control, ...]


class Dense(NamedTuple):
    """A constant [2**k, 2**k] on ``qubits``, the first the lowest bit."""

    matrix: np.ndarray
    qubits: tuple[int, ...]


Item = Local | Phase | Shuffle | Dense


def items(operation: Operation) -> Iterator[Item]:
    """``operation`` as items in the order of time."""
    if isinstance(operation, Rotation):
        yield from _rotation(operation)
    else:
        yield from _unitary(operation)


def support(item: Item) -> int:
    """The bits of the qubits that ``item`` touches."""
    match item:
        case Local(qubit=qubit):
            return 1 << qubit
        case Phase(mask=mask):
            return mask
        case Shuffle(qubits=qubits, controls=controls):
            return mask_of(qubits) | mask_of(q for q, _ in controls)
        case Dense(qubits=qubits):
            return mask_of(qubits)


def _rotation(rotation: Rotation) -> Iterator[Item]:
    letters = [(q, p) for p, q in zip(rotation.pauli, rotation.qubits, strict=True) if p != "I"]
    if not rotation.controls and len(letters) < 2:
        qubit, pauli = letters[0] if letters else (min(rotation.qubits, default=0), "I")
        yield Local(qubit, Turn(pauli, rotation.angle))
        return
    turned = [(qubit, BASIS[pauli]) for qubit, pauli in letters if pauli != "Z"]
    yield from (Local(qubit, basis.conj().T) for qubit, basis in turned)
    mask = mask_of(tuple(qubit for qubit, _ in letters))
    for chosen in product([False, True], repeat=len(rotation.controls)):
        yield _control_term(rotation, mask, chosen)
    yield from (Local(qubit, basis) for qubit, basis in turned)


def _control_term(rotation: Rotation, mask: int, chosen: tuple[bool, ...]) -> Phase:
    """One term of the projector on the controls' bits, Π (1 ± Z_c)/2, multiplied out."""
    weight = 1.0
    for (qubit, bit), use in zip(rotation.controls, chosen, strict=True):
        weight *= (-0.5 if bit else 0.5) if use else 0.5
        mask ^= use << qubit
    return Phase(mask, scale(rotation.angle, weight))


def _unitary(unitary: Unitary) -> Iterator[Item]:
    matrix, qubits, controls = unitary
    if not controls and len(qubits) == 1:
        yield Local(qubits[0], matrix)
    elif _is_monomial(matrix):
        source = np.abs(matrix).argmax(axis=1)
        yield Shuffle(qubits, source, matrix[np.arange(len(matrix)), source], controls)
    elif len(qubits) == 1:
        values, basis = scipy.linalg.schur(matrix, output="complex")
        yield Local(qubits[0], basis.conj().T)
        yield Shuffle(qubits, np.arange(2), np.diag(values), controls)
        yield Local(qubits[0], basis)
    else:
        yield Dense(_with_controls(matrix, controls), qubits + tuple(q for q, _ in controls))


def _is_monomial(matrix: np.ndarray) -> bool:
    return bool(((np.abs(matrix) > _TOLERANCE).sum(axis=1) == 1).all())


def _with_controls(matrix: np.ndarray, controls: tuple[Control, ...]) -> np.ndarray:
    """The matrix on qubits, then controls: the identity wherever a control lacks its bit."""
    for _, bit in controls:
        blocks = [np.eye(len(matrix)), matrix]
        matrix = scipy.linalg.block_diag(*(blocks if bit else blocks[::-1]))
    return matrix
