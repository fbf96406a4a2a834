"""Shots as JAX draws them: outcomes of exact probabilities, from a key, under ``jit`` and ``vmap``.

    n_b ~ Multinomial(shots, p)        n ~ Binomial(shots, p)

Backends draw the same distributions from NumPy, whose samplers need no compilation: two seconds for
each new shape. Inside a program that is compiled anyway these stand in their place.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


def drawn_shares(
    key: PRNGKeyArray, probabilities: Float[Array, "... D"], shots: int
) -> Float[Array, "... D"]:
    """The share of every outcome in ``shots`` shots, for each leading index by itself."""
    certain = jnp.maximum(probabilities, 0.0)  # but for rounding
    whole = certain / certain.sum(axis=-1, keepdims=True)
    return jax.random.multinomial(key, float(shots), whole) / shots


def drawn_fractions(
    key: PRNGKeyArray, probability: Float[Array, "..."], shots: int
) -> Float[Array, "..."]:
    """The share of shots with an outcome of this probability, each entry by itself."""
    return jax.random.binomial(key, float(shots), jnp.clip(probability, 0.0, 1.0)) / shots
