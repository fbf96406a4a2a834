"""Shots: outcomes drawn from exact probabilities.

    n_b ~ Multinomial(shots, p)        n ~ Binomial(shots, p)

``drawn_…`` are JAX's, from a key, under ``jit`` and ``vmap``. ``counted_…`` are NumPy's, from a
generator, for callers outside of compiled programs: JAX's samplers take two seconds to compile for
each new shape.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray


def drawn_shares(
    key: PRNGKeyArray, probabilities: Float[Array, "... D"], shots: int
) -> Float[Array, "... D"]:
    """The share of every outcome in ``shots`` shots, for each leading index by itself."""
    certain = jnp.maximum(probabilities, 0.0)  # but for rounding
    normalised = certain / certain.sum(axis=-1, keepdims=True)
    return jax.random.multinomial(key, float(shots), normalised) / shots


def drawn_fractions(
    key: PRNGKeyArray, probability: Float[Array, "..."], shots: int
) -> Float[Array, "..."]:
    """The share of shots with an outcome of this probability, each entry by itself."""
    return jax.random.binomial(key, float(shots), jnp.clip(probability, 0.0, 1.0)) / shots


def counted_shares(
    random: np.random.Generator, probabilities: Float[np.ndarray, "... D"], shots: int
) -> Float[np.ndarray, "... D"]:
    """``drawn_shares``, in double precision."""
    certain = np.maximum(np.asarray(probabilities, float), 0.0)
    return random.multinomial(shots, certain / certain.sum(axis=-1, keepdims=True)) / shots


def counted_fractions(
    random: np.random.Generator, probability: Float[np.ndarray, "..."], shots: int
) -> Float[np.ndarray, "..."]:
    """``drawn_fractions``, in double precision."""
    return random.binomial(shots, np.clip(np.asarray(probability, float), 0.0, 1.0)) / shots
