"""Small circuits as constant matrices with phases between them, for amplitudes that are complex.

    |ψ⟩ = W_k D_k … W_1 D_1 W_0 |0…0⟩,      D_j = diag exp(i (o_j - 1/2 Σ_m a_m (-1)^parity(b & m)))

``alternating`` is the same form for circuits whose amplitudes are conjugate pairs. Here every W is
made real where constant phases before and behind it allow that, as they do for the changes of basis
of RX, RY and RZ: a real matrix acts on real and imaginary parts alike, at half the work.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fewqubit.compiler.fuse.alternating import Terms, parts_of
from fewqubit.compiler.fuse.constants import apply_constant
from fewqubit.compiler.fuse.groups import Group
from fewqubit.compiler.fuse.runs import tidy
from fewqubit.compiler.parse.expressions import Affine, combine


class Stage(NamedTuple):
    """ψ ↦ matrix @ ψ, then the phases offset + those of terms on all amplitudes."""

    matrix: np.ndarray
    offset: np.ndarray
    terms: Terms


def phased(groups: Sequence[Group], n_qubits: int) -> list[Stage]:
    """Fused groups in this form; the first stage's matrix is a column."""
    stages: list[Stage] = []
    pending = np.eye(2**n_qubits, 1, dtype=complex)
    for part in parts_of(groups):
        if isinstance(part, dict):
            stages = _with(stages, pending, part)
            pending = np.eye(2**n_qubits, dtype=complex)
        else:
            pending = apply_constant(part, pending, n_qubits)
    return _with(stages, pending, {})


def _with(stages: list[Stage], matrix: np.ndarray, terms: Terms) -> list[Stage]:
    """``stages``, then ``matrix`` and the phases of ``terms``, in the last stage if they fit in."""
    behind, matrix, before = _between_phases(matrix)
    if not stages:
        return [Stage(matrix, behind, terms)]
    *others, last = stages
    last = last._replace(offset=last.offset + before)
    if matrix.shape[1] > 1 and np.allclose(matrix, np.eye(len(matrix)), atol=1e-12):
        added = {
            mask: combine(last.terms.get(mask, Affine(0.0)), angle, 1.0, 1.0)
            for mask, angle in terms.items()
        }
        return [*others, Stage(last.matrix, last.offset + behind, {**last.terms, **added})]
    return [*others, last, Stage(matrix, behind, terms)]


def _between_phases(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """l, M, r with matrix = diag exp(il) M diag exp(ir): a real M if its first row and column say
    how; otherwise the matrix as it is."""
    before = np.angle(matrix[0]) if matrix.shape[1] > 1 else np.zeros(1)
    behind = np.angle(matrix[:, 0]) - before[0]
    real = tidy(np.exp(-1j * behind)[:, None] * matrix * np.exp(-1j * before))
    if np.iscomplexobj(real):
        return np.zeros(len(matrix)), tidy(matrix), np.zeros(matrix.shape[1])
    return behind, real, before
