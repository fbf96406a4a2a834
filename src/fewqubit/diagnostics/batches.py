"""Many rows through a circuit in bounded memory."""

from collections.abc import Callable
from typing import Any

import jax
from jaxtyping import Array

BATCH_AMPLITUDES = 2**20


def batched(function: Callable[[Any], Array], n_qubits: int) -> Callable[[Any], Array]:
    """``jit(vmap(function))``, of as many rows at once as have 2**20 amplitudes together.

    The rows are an array or a pytree of arrays with a leading row axis.
    """

    @jax.jit
    def over(rows: Any) -> Array:
        n_rows = len(jax.tree.leaves(rows)[0])
        size = max(1, min(n_rows, BATCH_AMPLITUDES >> n_qubits))
        return jax.lax.map(function, rows, batch_size=size)

    return over
