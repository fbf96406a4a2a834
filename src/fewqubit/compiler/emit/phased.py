"""Phased form -> JAX function, on real and imaginary parts as arrays of their own.

Joined in one array they would be cut and joined again at every stage, which takes longer than all
products of matrices, and several times as long in derivatives.
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float

from fewqubit.base.products import matmul
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.stage_phases import emit_stage_phases
from fewqubit.compiler.fuse.phased import Stage
from fewqubit.compiler.parse.angles import Columns, Values

Parts = tuple[Float[Array, " D"], Float[Array, " D"]]


def emit_phased(
    stages: Sequence[Stage], n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Values], Array]:
    """Values -> the state; all matrices are constants of the program."""
    real = jnp.finfo(dtype).dtype
    every = np.arange(2**n_qubits)
    phases = emit_stage_phases(
        [(stage.terms, every, stage.offset) for stage in stages], n_qubits, columns, real
    )
    first, *rest = (_cast(stage.matrix, real) for stage in stages)

    def state(values: Values) -> Array:
        by, *others = phases(values)
        psi = _turned((first[0][:, 0], first[1][:, 0]), by)
        for matrix, by in zip(rest, others, strict=True):
            psi = _turned(_product(matrix, psi), by)
        return jax.lax.complex(*psi)

    return state


def _cast(matrix: np.ndarray, real: DTypeLike) -> tuple[np.ndarray, np.ndarray]:
    return matrix.real.astype(real), matrix.imag.astype(real)


def _product(matrix: tuple[np.ndarray, np.ndarray], psi: Parts) -> Parts:
    """A constant matrix on both parts, from the right, which is fastest."""
    (re, im), (x, y) = (part.T for part in matrix), psi
    if not im.any():
        return matmul(x, re), matmul(y, re)
    return matmul(x, re) - matmul(y, im), matmul(x, im) + matmul(y, re)


def _turned(psi: Parts, phase: Array) -> Parts:
    x, y = psi
    turn = cis(phase)
    return x * turn.real - y * turn.imag, x * turn.imag + y * turn.real
