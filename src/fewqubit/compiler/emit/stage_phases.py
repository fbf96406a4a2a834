"""The phases of all stages of a circuit that alternates between matrices and phases."""

from collections.abc import Callable, Sequence

import jax
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.compiler.fuse.alternating import Terms
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.parse.angles import Columns, Matrix, Values, apply_matrix

Phases = tuple[Terms, np.ndarray, float | np.ndarray]  # terms, basis states, constants to add


def emit_stage_phases(
    stages: Sequence[Phases], n_qubits: int, columns: Columns, real: DTypeLike
) -> Callable[[Values], list[Array]]:
    """Values -> the phases of every stage; those of θ alone are one product, those of x another."""
    tables = [_phase_matrix(*stage, n_qubits, columns, real) for stage in stages]
    own = [any(columns.is_own(angle) for angle in terms.values()) for terms, _, _ in stages]
    kinds = [[k for k, is_own in enumerate(own) if is_own == kind] for kind in (True, False)]
    stacked = [(kind, _stacked([tables[k] for k in kind])) for kind in kinds if kind]

    def phases(values: Values) -> list[Array]:
        found: dict[int, Array] = {}
        for kind, table in stacked:
            sizes = [len(tables[k].constant) for k in kind]
            found |= zip(kind, jax.lax.split(apply_matrix(table, values), sizes), strict=True)
        return [found[number] for number in range(len(stages))]

    return phases


def _phase_matrix(
    terms: Terms,
    kept: np.ndarray,
    offset: float | np.ndarray,
    n_qubits: int,
    columns: Columns,
    real: DTypeLike,
) -> Matrix:
    """Signs and angles multiplied out: the phases of a stage are affine in the values."""
    angles = columns.matrix(list(terms.values()), np.float64, 0.5)
    signs = -parity_signs(np.array(list(terms), int), n_qubits)[kept]
    own, shared, constant = (signs @ part for part in angles)
    return Matrix(own.astype(real), shared.astype(real), (constant + offset).astype(real))


def _stacked(tables: Sequence[Matrix]) -> Matrix:
    return Matrix(*(np.concatenate(parts) for parts in zip(*tables, strict=True)))
