"""Small circuits as constant matrices with phases between them: as few operations as there can be.

    |ψ⟩ = W_k D_k … W_1 D_1 W_0 |0…0⟩,      D_j = diag exp(-i/2 Σ_m a_m (-1)^parity(b & m))

A rotation about any axis is a rotation about Z between changes of basis, so every fused circuit has
this form. The W are multiplied out while compiling; all phases of a circuit are one matrix product.

States are held as real vectors. Where amplitudes are real before a change of basis, those after it
come in conjugate pairs, ψ[b ^ f] = ψ[b]*, as in the Fourier transform of a real signal. One of each
pair is kept: a quarter of the work of complex vectors, and the reason why only circuits of such
pairs take this form.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.fuse.constants import apply_constant
from fewqubit.compiler.fuse.groups import Group, Layer, Monomial
from fewqubit.compiler.fuse.items import BASIS, Turn
from fewqubit.compiler.fuse.runs import Run, matrix, tidy
from fewqubit.compiler.parse.expressions import Affine, combine

Terms = dict[int, Affine]


class Stage(NamedTuple):
    """r ↦ matrix @ r, then phase k on the pair (r[k], r[h + k]) = (Re ψ_b, Im ψ_b), b = kept[k]."""

    matrix: np.ndarray
    kept: np.ndarray
    terms: Terms


class Alternating(NamedTuple):
    """A circuit in this form; ``last`` takes the real vector to the amplitudes."""

    stages: list[Stage]
    last: np.ndarray


def alternate(groups: Sequence[Group], n_qubits: int) -> Alternating | None:
    """The alternating form of fused groups; None where amplitudes are not conjugate pairs.

    The first stage's matrix is a column.
    """
    stages: list[Stage] = []
    pending = np.eye(2**n_qubits, 1, dtype=complex)  # amplitudes as a function of the real vector
    for part in parts_of(groups):
        if not isinstance(part, dict):
            pending = apply_constant(part, pending, n_qubits)
        elif mirror := _mirror(pending, part, n_qubits):
            stage, pending = _stage(pending, part, mirror)
            stages.append(stage)
        else:
            return None
    return Alternating(stages, tidy(pending))


def parts_of(groups: Sequence[Group]) -> Iterator[Group | Terms]:
    """``groups`` as constant groups and the terms of phases, in the order of time."""
    for group in groups:
        match group:
            case Layer(runs=runs):
                yield from _layer_parts({qubit: _pieces(run) for qubit, run in runs.items()})
            case Monomial(terms=terms) if terms:
                yield Monomial(group.n_qubits, group.source, group.constant)
                yield dict(terms)
            case _:
                yield group


def _layer_parts(pieces: Mapping[int, Sequence[np.ndarray | Turn]]) -> Iterator[Group | Terms]:
    """Change of basis, phases, change of basis, …, of all qubits side by side."""
    for level in range(max(len(found) for found in pieces.values())):
        here = {qubit: found[level] for qubit, found in pieces.items() if level < len(found)}
        changes: dict[int, Run] = {
            q: (piece,) for q, piece in here.items() if isinstance(piece, np.ndarray)
        }
        terms: dict[int, Affine] = {}
        for qubit, piece in here.items():
            if isinstance(piece, Turn):
                mask = (piece.pauli != "I") << qubit
                terms[mask] = combine(terms.get(mask, Affine(0.0)), piece.angle, 1.0, 1.0)
        yield terms if terms else Layer(changes)


def _pieces(run: Run) -> list[np.ndarray | Turn]:
    """A run as change of basis, turn, change of basis, …; the turn is about Z in its basis."""
    pieces: list[np.ndarray | Turn] = []
    constant = np.eye(2)
    for gate in run:
        if isinstance(gate, Turn) and gate.angle.terms:
            axis = BASIS[gate.pauli]
            pieces += [axis.conj().T @ constant, gate]
            constant = axis
        else:
            constant = matrix((gate,)) @ constant
    return [*pieces, constant]


def _stage(pending: np.ndarray, terms: Terms, mirror: int) -> tuple[Stage, np.ndarray]:
    """Hold ``pending`` as a real vector on which ``terms`` turn pairs, and how to read it."""
    basis = np.arange(len(pending))
    kept = basis[basis < basis ^ mirror]
    number, half = np.arange(len(kept)), len(kept)
    read = np.zeros((len(basis), len(basis)), complex)
    read[kept, number], read[kept, half + number] = 1, 1j
    read[kept ^ mirror, number], read[kept ^ mirror, half + number] = 1, -1j
    held = np.concatenate([pending[kept].real, pending[kept].imag])
    return Stage(held, kept, terms), read


def _mirror(pending: np.ndarray, terms: Terms, n_qubits: int) -> int:
    """f with ψ[b ^ f] = ψ[b]* before the phases and after them; 0 if there is none."""
    odd = parity_signs(np.array(list(terms)), n_qubits)
    basis = np.arange(2**n_qubits)
    for flip in np.flatnonzero((odd == -1).all(axis=1)):
        if np.allclose(pending[basis ^ flip], pending.conj(), atol=1e-13):
            return int(flip)
    return 0
