"""Layers of one-qubit gates as Kronecker blocks: a few matrices on neighbouring qubits.

    (M_{k-1} ⊗ … ⊗ M_0) on qubits q..q+k-1 is one [2**k, 2**k] matrix

Two products with 16 × 16 matrices replace eight gates on eight qubits. The matrices of all gates of
a circuit are computed by one vectorised operation, and so are all blocks of a size, so that the
number of operations, and with it the time to compile, does not grow with the circuit's depth.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.quantum.angles import Columns, Values, apply_matrix
from fewqubit.quantum.cis import cis
from fewqubit.quantum.expressions import Affine
from fewqubit.quantum.groups import Layer
from fewqubit.quantum.runs import Factor, Run, factors, is_constant, matrix, tidy

MAX_WIDTH = 4

_IDLE = Factor(np.eye(2), np.zeros((2, 2)), Affine(0.0))


class Block(NamedTuple):
    """The runs of the qubits ``low``, ``low + 1``, …; an idle qubit has the run ()."""

    low: int
    runs: tuple[Run, ...]

    @property
    def width(self) -> int:
        return len(self.runs)


class Kind(NamedTuple):
    """What blocks must share to be computed together."""

    own: bool  # depends on x, not on θ alone
    real: bool
    width: int
    start: bool  # acts on |0…0⟩, so that only the first column counts


def split(layer: Layer, n_qubits: int, whole: bool = False) -> list[Block]:
    """``layer`` in blocks of at most ``MAX_WIDTH`` qubits, without idle qubits at their ends.

    ``whole`` keeps all qubits: the blocks of a product state.
    """
    count = -(-n_qubits // MAX_WIDTH)
    edges = [n_qubits * k // count for k in range(count + 1)]
    blocks = []
    for low, high in pairwise(edges):
        busy = [q for q in range(low, high) if whole or q in layer.runs]
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


class BlockTable:
    """All blocks with parameters of a circuit, by kind."""

    def __init__(self, columns: Columns, dtype: DTypeLike) -> None:
        self._columns, self._dtype = columns, dtype
        self._blocks: dict[Kind, list[Block]] = {}

    def add(self, block: Block, start: bool) -> tuple[int, int]:
        """Where the block will be found: number of its kind, and position."""
        parts = [factor for run in block.runs for factor in _factors(run)]
        own = any(self._columns.is_own(factor.angle) for factor in parts)
        real = not any(np.iscomplexobj(m) for factor in parts for m in factor[:2])
        kind = Kind(own, real, block.width, start)
        alike = self._blocks.setdefault(kind, [])
        alike.append(block)
        return list(self._blocks).index(kind), len(alike) - 1

    def emit(self) -> Callable[[Values], list[Array]]:
        """Values -> the blocks of each kind, [blocks, 2**width, 2**width]; [.., 1] at the start."""
        builders = [self._emit_kind(kind, blocks) for kind, blocks in self._blocks.items()]
        return lambda values: [build(values) for build in builders]

    def _emit_kind(self, kind: Kind, blocks: Sequence[Block]) -> Callable[[Values], Array]:
        """One vectorised computation of ``blocks``; runs are padded to the longest."""
        real = jnp.finfo(self._dtype).dtype
        runs = [_factors(run) for block in blocks for run in block.runs]
        depth = max(len(run) for run in runs)
        levels = list(zip(*([*run, *[_IDLE] * (depth - len(run))] for run in runs), strict=True))
        angles = self._columns.matrix([f.angle for level in levels for f in level], real, 0.5)
        kept = real if kind.real else self._dtype
        cosines = np.array([[f.cosine for f in level] for level in levels]).astype(kept)
        sines = np.array([[f.sine for f in level] for level in levels]).astype(kept)

        def build(values: Values) -> Array:
            turn = cis(apply_matrix(angles, values)).reshape(depth, -1, 1, 1)
            each = turn.real * cosines + turn.imag * sines
            product = each[0, :, :, :1] if kind.start else each[0]
            for level in each[1:]:
                product = (level[:, :, :, None] * product[:, None, :, :]).sum(2)
            return _kronecker(product.reshape(-1, kind.width, *product.shape[1:]))

        return build


def apply_block(
    block: Array | np.ndarray,
    psi: Array | np.ndarray,
    low: int,
    matmul: Callable[[Array, Array], Array],
) -> Array:
    """``block`` on the qubits from ``low`` of a state [2**n]."""
    size = block.shape[0]
    if low == 0:
        return matmul(psi.reshape(-1, size), block.T).reshape(psi.shape)
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


def _factors(run: Run) -> list[Factor]:
    """The factors of any run, real where they are real."""
    if is_constant(run):
        return [Factor(tidy(matrix(run)), np.zeros((2, 2)), Affine(0.0))]
    return [Factor(tidy(f.cosine), tidy(f.sine), f.angle) for f in factors(run)]


def _kronecker(parts: Array) -> Array:
    """[m, width, 2, c] -> [m, 2**width, c**width], the first part on the lowest bit."""
    product = parts[:, -1]
    for k in reversed(range(parts.shape[1] - 1)):
        product = product[:, :, None, :, None] * parts[:, k, None, :, None, :]
        product = product.reshape(len(parts), product.shape[1] * 2, -1)
    return product
