"""Named random streams: one root seed, folded by name; no global state anywhere."""

import zlib

import jax
import numpy as np
from jaxtyping import Array, PRNGKeyArray


def root_key(seed: int) -> PRNGKeyArray:
    """The key from which every random stream of a run is folded; every seed has another.

    JAX keeps 32 bits of a seed, so those above are folded in by name. Raises ValueError below 0.
    """
    if seed < 0:
        raise ValueError(f"expected a seed of 0 or more, got {seed}")
    above, low = divmod(seed, 2**32)
    words = jax.device_put(np.array([0, low], np.uint32))
    key = jax.random.wrap_key_data(words, impl="threefry2x32")  # the environment's may be another
    return stream(root_key(above), "seed", np.uint32(low)) if above else key


def stream(key: PRNGKeyArray, *names: str | int | Array) -> PRNGKeyArray:
    """Fold ``names`` into ``key``: the same names give the same stream, others an independent one.

    Text is folded in by its CRC-32, which, unlike ``hash``, is the same in every process.
    """
    for name in names:
        number = zlib.crc32(name.encode()) if isinstance(name, str) else name
        if isinstance(number, int):
            number = np.uint32(number)  # JAX compiles a program to convert others
        key = jax.random.fold_in(key, number)
    return key
