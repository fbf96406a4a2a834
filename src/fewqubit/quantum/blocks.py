"""Layers of one-qubit gates as Kronecker blocks: a few matrices on neighbouring qubits.

    (M_{k-1} ⊗ … ⊗ M_0) on qubits q..q+k-1 is one [2**k, 2**k] matrix

Two products with 16 × 16 matrices replace eight gates on eight qubits. The matrices of all gates of
a circuit are computed by one vectorised operation, and so are all blocks of a size, so that the
number of operations, and with it the time to compile, hardly grows with the circuit's depth.
"""

from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from fewqubit.quantum.groups import Layer
from fewqubit.quantum.runs import Run, is_constant, matrix, tidy

MAX_WIDTH = 5  # of a block beside others; alone, one of more than four is more work than two
_MAX_ALONE = 4


class Block(NamedTuple):
    """The runs of the qubits ``low``, ``low + 1``, …; an idle qubit has the run ()."""

    low: int
    runs: tuple[Run, ...]


def split(layer: Layer, n_qubits: int) -> list[Block]:
    """``layer`` in blocks of equal width as far as possible, idle qubits at their ends left out."""
    count = 1 if n_qubits <= _MAX_ALONE else max(2, -(-n_qubits // MAX_WIDTH))
    blocks = []
    for low, high in pairwise(n_qubits * k // count for k in range(count + 1)):
        busy = [q for q in range(low, high) if q in layer.runs]
        if busy:
            qubits = range(busy[0], busy[-1] + 1)
            blocks.append(Block(busy[0], tuple(layer.runs.get(q, ()) for q in qubits)))
    return blocks


def constant_block(block: Block) -> np.ndarray | None:
    """The matrix of a block without parameters; None if it has some."""
    if not all(is_constant(run) for run in block.runs):
        return None
    product = np.eye(1)
    for run in block.runs:
        product = np.kron(matrix(run), product)
    return tidy(product)


def apply_block(block: Array, psi: Inexact[Array, " 2**n"], low: int) -> Inexact[Array, " 2**n"]:
    """``block`` on the qubits from ``low`` of a state."""
    size = block.shape[0]
    if low == 0:
        return matmul(psi.reshape(-1, size), block.T).reshape(psi.shape)
    if size << low == psi.size:
        return matmul(block, psi.reshape(size, -1)).reshape(psi.shape)
    return matmul(block, psi.reshape(-1, size, 2**low)).reshape(psi.shape)


def matmul(left: Array, right: Array) -> Array:
    """A product in full precision also where the device's default is less.

    A real matrix meets the two parts of a complex one without being made complex.
    """
    if jnp.iscomplexobj(left) == jnp.iscomplexobj(right):
        return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)
    if jnp.iscomplexobj(left):
        return jax.lax.complex(matmul(left.real, right), matmul(left.imag, right))
    return jax.lax.complex(matmul(left, right.real), matmul(left, right.imag))
