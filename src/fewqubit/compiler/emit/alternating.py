"""Alternating form -> JAX function: one matrix product and one rotation of pairs for each stage."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.compiler.emit.blocks import matmul
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.parts import Turns, turn
from fewqubit.compiler.emit.stage_phases import emit_stage_phases
from fewqubit.compiler.fuse.alternating import Alternating
from fewqubit.compiler.parse.angles import Columns, Values


def emit_alternating(
    form: Alternating, n_qubits: int, columns: Columns, dtype: DTypeLike
) -> Callable[[Values], Array]:
    """Values -> the state; all matrices are constants of the program."""
    real = jnp.finfo(dtype).dtype
    about = [(stage.terms, stage.kept, 0.0) for stage in form.stages]
    phases = emit_stage_phases(about, n_qubits, columns, real)
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
