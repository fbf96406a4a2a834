"""Alternating form -> JAX function: one matrix product and one rotation of pairs for each stage."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.compiler.emit.blocks import matmul
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.parts import Turns, turn
from fewqubit.compiler.fuse.alternating import Alternating, Stage
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.parse.angles import Columns, Matrix, Values, apply_matrix


def emit_alternating(
    form: Alternating, n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Values], Array]:
    """Values -> the state; all matrices are constants of the program."""
    real = jnp.finfo(dtype).dtype
    phases = _emit_phases(form.stages, n_qubits, columns, real)
    matrices = [stage.matrix.astype(real) for stage in form.stages]
    last = form.last.astype(real if np.isrealobj(form.last) else dtype)

    def state(values: Values) -> Array:
        vector = jnp.ones(1, real)
        for number, (matrix, phase) in enumerate(zip(matrices, phases(values), strict=True)):
            pairs = matmul(matrix, vector) if number else jnp.asarray(matrix)
            by = Turns(phase, cis(phase), own=False)
            vector = turn(pairs.reshape(2, -1), by).reshape(-1)
        return matmul(last, vector)

    return state


def _emit_phases(
    stages: Sequence[Stage], n_qubits: int, columns: Columns, real: DTypeLike
) -> Callable[[Values], list[Array]]:
    """Values -> the phases of every stage; those of θ alone are one product, those of x another."""
    tables = [_phase_matrix(stage, n_qubits, columns, real) for stage in stages]
    own = [any(columns.is_own(angle) for angle in stage.terms.values()) for stage in stages]
    kinds = [[k for k, is_own in enumerate(own) if is_own == kind] for kind in (True, False)]
    stacked = [(kind, _stacked([tables[k] for k in kind])) for kind in kinds if kind]

    def phases(values: Values) -> list[Array]:
        found: dict[int, Array] = {}
        for kind, table in stacked:
            sizes = [len(tables[k].constant) for k in kind]
            found |= zip(kind, jax.lax.split(apply_matrix(table, values), sizes), strict=True)
        return [found[number] for number in range(len(stages))]

    return phases


def _phase_matrix(stage: Stage, n_qubits: int, columns: Columns, real: DTypeLike) -> Matrix:
    """Signs and angles multiplied out: the phases of a stage are affine in the values."""
    angles = columns.matrix(list(stage.terms.values()), np.float64, 0.5)
    signs = -parity_signs(np.array(list(stage.terms)), n_qubits)[stage.kept]
    return Matrix(*((signs @ part).astype(real) for part in angles))


def _stacked(tables: Sequence[Matrix]) -> Matrix:
    return Matrix(*(np.concatenate(parts) for parts in zip(*tables, strict=True)))
