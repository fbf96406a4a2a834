"""Few compiled programs, of few shapes, so that the memory of a server does not grow.

JAX compiles for every new shape, some 3 megabytes and a second each, and frees nothing while the
function lives. Here rows come in blocks of a few sizes, and the oldest program is dropped.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from threading import RLock
from typing import Any

import jax
import numpy as np

from fewqubit.tasks.inputs import Inputs, n_examples, rows_of

SIZES = (16, 64, 256)  # of blocks of rows
PROGRAMS = 80  # kept at a time: a server of one model needs 68
_COMPILING = RLock()


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """``function(*arguments)``, compiled for their shapes; ``function`` must be pure."""
    leaves, structure = jax.tree.flatten(arguments)
    shapes = tuple((np.shape(leaf), np.dtype(leaf.dtype)) for leaf in leaves)
    with _COMPILING:  # once, however many threads ask
        program = _compiled(function, structure, shapes)
    return program(*arguments)


def n_compiled() -> int:
    """How many programs this process has compiled for answers."""
    return _compiled.cache_info().misses


def run_by_rows(function: Callable[[Any, Inputs], Any], known: Any, rows: Inputs) -> np.ndarray:
    """``function(known, rows)``, where each row is answered alone, in blocks of ``SIZES``.

    A block that is not full is filled with zeros, whose answers are dropped. Within a program rows
    are computed in small, equal parts, so the other rows of a block do not change an answer's bits.
    """
    by_parts = _in_parts(function)
    answers = []
    for start in range(0, max(n_examples(rows), 1), SIZES[-1]):
        block = rows_of(rows, slice(start, start + SIZES[-1]))
        n_rows = n_examples(block)
        filled = jax.tree.map(partial(_filled, next(s for s in SIZES if s >= n_rows)), block)
        answers.append(np.asarray(run(by_parts, known, filled))[:n_rows])
    return np.concatenate(answers)


def _filled(size: int, block: np.ndarray) -> np.ndarray:
    filled = np.zeros((size, *block.shape[1:]), block.dtype)
    filled[: len(block)] = block
    return filled


@lru_cache(maxsize=PROGRAMS)
def _in_parts(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``function`` of ``SIZES[0]`` rows at a time; one object for each, as programs are kept."""

    def of_all(known: Any, rows: Any) -> Any:
        parts = jax.tree.map(lambda leaf: leaf.reshape(-1, SIZES[0], *leaf.shape[1:]), rows)
        answers = jax.lax.map(lambda part: function(known, part), parts)
        return answers.reshape(-1, *answers.shape[2:])

    return of_all


@lru_cache(maxsize=PROGRAMS)
def _compiled(
    function: Callable[..., Any], structure: Any, shapes: tuple[tuple[Any, np.dtype], ...]
) -> Callable[..., Any]:
    leaves = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes]
    # Named anew, so that what JAX remembers of the trace goes with the program.
    program: Callable[..., Any] = (
        jax.jit(lambda *arguments: function(*arguments))
        .lower(*jax.tree.unflatten(structure, leaves))
        .compile()
    )
    return program
