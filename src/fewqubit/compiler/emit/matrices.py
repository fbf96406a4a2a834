"""The matrices of all gates with parameters, computed together, and layers' blocks from them.

Per kind, S runs of at most D turns: angles [D·S] -> factors [D, S, 2, 2] -> products [S, 2, 2];
then for every width w the m blocks of that width at once, [m, w, 2, 2] -> [m, 2**w, 2**w].
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array

from fewqubit.compiler.emit.blocks import Block
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.fuse.runs import Factor, Run, factors, is_constant, matrix, tidy
from fewqubit.compiler.parse.angles import Columns, Values, apply_matrix
from fewqubit.compiler.parse.expressions import Affine

_IDLE = Factor(np.eye(2), np.zeros((2, 2)), Affine(0.0))


class Kind(NamedTuple):
    """Blocks of one kind are computed together."""

    own: bool  # depends on x, not on θ alone
    real: bool


class BlockShape(NamedTuple):
    """[2**width, 2**width], or only the first column, which is all that acts on |0…0⟩."""

    width: int
    column: bool


class BlockPlace(NamedTuple):
    """The position of a block among all blocks of its kind."""

    kind: Kind
    shape: BlockShape
    position: int


Blocks = dict[tuple[Kind, BlockShape], list[Array]]


class MatrixTable:
    """All blocks with parameters of a circuit."""

    def __init__(self, columns: Columns, dtype: DTypeLike) -> None:
        self._columns, self._dtype = columns, dtype
        self._blocks: dict[Kind, dict[BlockShape, list[Block]]] = {}

    def add(self, block: Block, column: bool) -> BlockPlace:
        """Where the block will be found."""
        parts = [factor for run in block.runs for factor in _factors(run)]
        own = any(self._columns.is_own(factor.angle) for factor in parts)
        real = not any(np.iscomplexobj(m) for factor in parts for m in factor[:2])
        kind, shape = Kind(own, real), BlockShape(len(block.runs), column)
        alike = self._blocks.setdefault(kind, {}).setdefault(shape, [])
        alike.append(block)
        return BlockPlace(kind, shape, len(alike) - 1)

    def emit(self) -> Callable[[Values], Blocks]:
        """Values -> all blocks."""
        makers = [self._emit_kind(kind, by_shape) for kind, by_shape in self._blocks.items()]

        def build(values: Values) -> Blocks:
            return {place: blocks for make in makers for place, blocks in make(values).items()}

        return build

    def _emit_kind(
        self, kind: Kind, by_shape: dict[BlockShape, list[Block]]
    ) -> Callable[[Values], Blocks]:
        runs = [run for blocks in by_shape.values() for block in blocks for run in block.runs]
        products = self._emit_products(runs, kind)
        sizes = [shape.width * len(blocks) for shape, blocks in by_shape.items()]

        def make(values: Values) -> Blocks:
            sections = jax.lax.split(products(values), sizes)
            return {
                (kind, shape): _unstack(_blocks_of(shape, section))
                for shape, section in zip(by_shape, sections, strict=True)
            }

        return make

    def _emit_products(self, runs: Sequence[Run], kind: Kind) -> Callable[[Values], Array]:
        """Values -> the matrices of ``runs``, [S, 2, 2]; short runs are padded to the longest."""
        real = jnp.finfo(self._dtype).dtype
        found = [_factors(run) for run in runs]
        depth = max(len(run) for run in found)
        levels = list(zip(*([*run, *[_IDLE] * (depth - len(run))] for run in found), strict=True))
        angles = self._columns.matrix([f.angle for level in levels for f in level], real, 0.5)
        kept = real if kind.real else self._dtype
        cosines = np.array([[f.cosine for f in level] for level in levels]).astype(kept)
        sines = np.array([[f.sine for f in level] for level in levels]).astype(kept)

        def products(values: Values) -> Array:
            turn = cis(apply_matrix(angles, values)).reshape(depth, -1, 1, 1)
            first, *rest = _unstack(turn.real * cosines + turn.imag * sines)
            for level in rest:
                first = (level[:, :, :, None] * first[:, None, :, :]).sum(2)
            return first

        return products


def _factors(run: Run) -> list[Factor]:
    """The factors of any run, real where they are real."""
    if is_constant(run):
        return [Factor(tidy(matrix(run)), np.zeros((2, 2)), Affine(0.0))]
    return [Factor(tidy(f.cosine), tidy(f.sine), f.angle) for f in factors(run)]


def _blocks_of(shape: BlockShape, products: Array) -> Array:
    """[m·w, 2, 2] -> m blocks or their first columns."""
    columns = products[:, :, :1] if shape.column else products
    return _kronecker(columns.reshape(-1, shape.width, *columns.shape[1:]))


def _kronecker(parts: Array) -> Array:
    """[m, w, r, c] -> [m, r**w, c**w], the first of the w on the lowest bit; joined in pairs."""
    count, width = parts.shape[:2]
    if width == 1:
        return parts[:, 0]
    if width % 2:
        low, high = parts[:, :1], _kronecker(parts[:, 1:])[:, None]
    else:
        low, high = parts[:, ::2], parts[:, 1::2]
    pairs = high[:, :, :, None, :, None] * low[:, :, None, :, None, :]
    rows, columns = (high.shape[axis] * low.shape[axis] for axis in (2, 3))
    return _kronecker(pairs.reshape(count, -1, rows, columns))


def _unstack(stacked: Array) -> list[Array]:
    """The parts along the first axis; unlike slices, with one concatenation as derivative."""
    if len(stacked) == 1:
        return [stacked[0]]
    return [part[0] for part in jax.lax.split(stacked, (1,) * len(stacked))]
