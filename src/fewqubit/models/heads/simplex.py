"""Euclidean projection onto the probability simplex."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def project_to_simplex(v: Float[Array, "... n"]) -> Float[Array, "... n"]:
    """argmin_p ‖p − v‖² over p ≥ 0, Σ p = 1: p = max(v − τ, 0) with τ that makes them sum to 1.

    Source: Duchi, Shalev-Shwartz, Singer, Chandra (2008), figure 1.
    """
    ordered = -jnp.sort(-v, axis=-1)
    excess = jnp.cumsum(ordered, axis=-1) - 1
    rank = jnp.arange(1, v.shape[-1] + 1)
    support = (ordered * rank > excess).sum(axis=-1, keepdims=True)
    threshold = jnp.take_along_axis(excess, support - 1, axis=-1) / support
    return jnp.maximum(v - threshold, 0.0)
