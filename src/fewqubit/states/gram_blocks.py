"""Gram matrices of many rows, block by block, in bounded memory.

    K[I, J] = kernel(rows[I], rows[J])      for blocks of rows I ≤ J; K[J, I] is its transpose

Beside ``rows`` and the result, at most ``BLOCK_BYTES`` are in use, whatever the number of rows:
four copies of a block of rows on either side, and five single-precision arrays of a block of K.
"""

import math
from collections.abc import Callable, Iterator

import jax
import numpy as np
from jaxtyping import Array, Float, Shaped

BLOCK_BYTES = 2**27

Cross = Callable[[Array, Array], Array]  # ``fidelity_cross``, or a projected one with its γ bound


def gram_in_blocks(
    kernel: Cross, rows: Shaped[np.ndarray, "N *row"], out: np.ndarray | None = None
) -> Float[np.ndarray, "N N"]:
    """K_ij = kernel(row_i, row_j), symmetric, K_ii = 1, float32; only blocks above are computed.

    ``out`` may be a memory-mapped array for a matrix that memory does not hold.
    """
    out = np.empty((len(rows), len(rows)), np.float32) if out is None else out
    parts, compute = list(_parts(rows)), _padded(kernel, rows, rows)
    for number, above in enumerate(parts):
        for below in parts[number:]:
            out[above, below] = compute(rows[above], rows[below])
            if above == below:
                block = out[above, above]
                out[above, above] = (block + block.T) / 2
            else:
                out[below, above] = out[above, below].T
    np.fill_diagonal(out, 1.0)
    return out


def cross_in_blocks(
    kernel: Cross,
    left: Shaped[np.ndarray, "M *row"],
    right: Shaped[np.ndarray, "N *row"],
    out: np.ndarray | None = None,
) -> Float[np.ndarray, "M N"]:
    """K_ij = kernel(left_i, right_j), float32, between two sets of rows."""
    out = np.empty((len(left), len(right)), np.float32) if out is None else out
    compute = _padded(kernel, left, right)
    for above in _parts(left):
        for below in _parts(right):
            out[above, below] = compute(left[above], right[below])
    return out


def map_in_blocks(
    function: Callable[[Array], Array], rows: Shaped[np.ndarray, "N *row"], row_bytes: int
) -> Shaped[np.ndarray, "N ..."]:
    """``function`` of batches of rows, whose results are ``row_bytes`` for a row.

    The last batch is filled up, as few rows are to a power of two: one shape, one compilation.
    Beside rows and result a batch of either is in use.
    """
    size = min(block_rows(row_bytes), _power_of_two(len(rows)))
    first = np.asarray(function(_filled(rows[:size], size)))
    out = np.empty((len(rows), *first.shape[1:]), first.dtype)
    out[:size] = first[: len(rows)]
    for start in range(size, len(rows), size):
        made = np.asarray(function(_filled(rows[start : start + size], size)))
        out[start : start + size] = made[: len(rows) - start]
    return out


def block_rows(row_bytes: int) -> int:
    """How many rows a block has: the b with 8 b · row_bytes + 20 b² ≤ ``BLOCK_BYTES``."""
    half = 4 * row_bytes / 20
    return max(1, int((half**2 + BLOCK_BYTES / 20) ** 0.5 - half))


def _parts(rows: np.ndarray) -> Iterator[slice]:
    size = _size(rows)
    for start in range(0, len(rows), size):
        yield slice(start, min(start + size, len(rows)))


def _size(rows: np.ndarray) -> int:
    """Rows of a block; few rows fill a power of two, so that few sizes are ever compiled."""
    row_bytes = rows.itemsize * math.prod(rows.shape[1:])
    return min(block_rows(max(row_bytes, 8)), _power_of_two(len(rows)))


def _power_of_two(n: int) -> int:
    return 1 << (max(n, 1) - 1).bit_length()


def _filled(rows: np.ndarray, size: int) -> np.ndarray:
    if len(rows) == size:
        return rows
    return np.concatenate([rows, np.zeros((size - len(rows), *rows.shape[1:]), rows.dtype)])


def _padded(
    kernel: Cross, left: np.ndarray, right: np.ndarray
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """``kernel`` on blocks filled up with zeros, each side to its own size: one compilation.

    A few landmarks beside many rows so take no more than their own power of two.
    """
    above_size, below_size, compiled = _size(left), _size(right), jax.jit(kernel)

    def compute(above: np.ndarray, below: np.ndarray) -> np.ndarray:
        found = compiled(_filled(above, above_size), _filled(below, below_size))
        return np.asarray(found)[: len(above), : len(below)]

    return compute
