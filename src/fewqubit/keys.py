"""Named random streams: one root seed, folded by name; no global state anywhere."""

import zlib

import jax
from jaxtyping import Array, PRNGKeyArray


def root_key(seed: int) -> PRNGKeyArray:
    """The key from which every random stream of a run is folded."""
    return jax.random.key(seed)


def stream(key: PRNGKeyArray, *names: str | int | Array) -> PRNGKeyArray:
    """Fold ``names`` into ``key``: the same names give the same stream, others an independent one.

    Text is folded in by its CRC-32, which, unlike ``hash``, is the same in every process.
    """
    for name in names:
        number = zlib.crc32(name.encode()) if isinstance(name, str) else name
        key = jax.random.fold_in(key, number)
    return key
