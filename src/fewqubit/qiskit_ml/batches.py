"""Rows in batches of few sizes: bounded memory, and few shapes for JAX to compile."""

from collections.abc import Iterator

import numpy as np


def batches(count: int, largest: int) -> Iterator[slice]:
    """0..count in slices of ``largest``; one empty slice for no rows."""
    for start in range(0, max(1, count), largest):
        yield slice(start, min(start + largest, count))


def padded(rows: np.ndarray) -> np.ndarray:
    """``rows``, and zeros below them up to a power of two of rows."""
    filled = np.zeros((1 << max(0, len(rows) - 1).bit_length(), *rows.shape[1:]), rows.dtype)
    filled[: len(rows)] = rows
    return filled
