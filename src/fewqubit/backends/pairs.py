"""Only the part of a Gram matrix above its diagonal is measured; it is symmetric with K_ii = 1."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int


def pairs_above(n: int) -> tuple[Int[np.ndarray, " pairs"], Int[np.ndarray, " pairs"]]:
    """Rows i and columns j of every pair i < j, n(n - 1)/2 of them."""
    i, j = np.triu_indices(n, 1)
    return i, j


def gram_of_pairs(values: Float[np.ndarray, " pairs"], n: int) -> Float[Array, "n n"]:
    """The Gram matrix with ``values`` at ``pairs_above(n)``."""
    gram = np.eye(n)
    gram[pairs_above(n)] = values
    return jnp.asarray(np.triu(gram) + np.triu(gram, 1).T)
