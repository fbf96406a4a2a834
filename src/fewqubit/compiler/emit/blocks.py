"""Layers of one-qubit gates as Kronecker blocks: a few matrices on neighbouring qubits.

    (M_{k-1} ⊗ … ⊗ M_0) on qubits q..q+k-1 is one [2**k, 2**k] matrix

Two products with 16 × 16 matrices replace eight gates on eight qubits. The matrices of all gates of
a circuit are computed by one vectorised operation, and so are all blocks of a size, so that the
number of operations, and with it the time to compile, hardly grows with the circuit's depth.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from fewqubit.base import products
from fewqubit.compiler.fuse.groups import Layer
from fewqubit.compiler.fuse.runs import Run, is_constant, matrix, tidy

MAX_WIDTH = 5  # of a block beside others; alone, one of more than four is more work than two
_MAX_ALONE = 4


class Block(NamedTuple):
    """The runs of the qubits ``low``, ``low + 1``, …; an idle qubit has the run ()."""

    low: int
    runs: tuple[Run, ...]


def split(layer: Layer, n_qubits: int) -> list[Block]:
    """``layer`` as blocks of nearly equal width; idle qubits at the ends of blocks are left out."""
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


def apply_block(
    block: Inexact[Array, "k k"], psi: Inexact[Array, "... 2**n"], low: int
) -> Inexact[Array, "... 2**n"]:
    """``block`` on the qubits from ``low``, multiplied from the right, which is fastest."""
    rows = psi.reshape(*psi.shape[:-1], -1, block.shape[0], 2**low).swapaxes(-1, -2)
    return _from_right(rows, block).swapaxes(-1, -2).reshape(psi.shape)


def apply_dense(
    dense: Inexact[Array, "k k"], psi: Inexact[Array, "... 2**n"], qubits: Sequence[int]
) -> Inexact[Array, "... 2**n"]:
    """``dense`` on any qubits, the first its lowest bit: their axes move to the end and back."""
    n_qubits = psi.shape[-1].bit_length() - 1
    tensor = psi.reshape(*psi.shape[:-1], *[2] * n_qubits)
    axes = [-1 - qubit for qubit in reversed(qubits)]
    last = list(range(-len(axes), 0))
    rows = jnp.moveaxis(tensor, axes, last)
    product = _from_right(rows.reshape(-1, len(dense)), dense).reshape(rows.shape)
    return jnp.moveaxis(product, last, axes).reshape(psi.shape)


def _from_right(rows: Inexact[Array, "... k"], matrix: Array) -> Inexact[Array, "... k"]:
    """``matrix`` on every row, as one product."""
    return matmul(rows.reshape(-1, rows.shape[-1]), matrix.T).reshape(rows.shape)


def matmul(left: Array, right: Array) -> Array:
    """A product in which a real matrix meets the two parts of a complex one as it is."""
    if jnp.iscomplexobj(left) == jnp.iscomplexobj(right):
        return products.matmul(left, right)
    if jnp.iscomplexobj(left):
        return jax.lax.complex(matmul(left.real, right), matmul(left.imag, right))
    return jax.lax.complex(matmul(left, right.real), matmul(left, right.imag))
