"""Simultaneous perturbation: a gradient of any number of parameters from a few evaluations."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

Objective = Callable[[Float[Array, " parameters"], PRNGKeyArray], Float[Array, ""] | float]


def spsa(
    objective: Objective,
    parameters: Float[Array, " parameters"],
    key: PRNGKeyArray,
    step: float = 0.1,
    directions: int = 1,
) -> Float[Array, " parameters"]:
    """g = mean over Δ of (f(θ + cΔ) - f(θ - cΔ))/(2c) Δ with random signs Δ. Spall 1992.

    Its expectation is the gradient up to c² times third derivatives. ``objective`` is called twice
    for each of ``directions``, each time with another key; it need not be a JAX function.
    """
    estimates = []
    for key_direction in jax.random.split(key, directions):
        key_signs, *keys = jax.random.split(key_direction, 3)
        signs = jax.random.rademacher(key_signs, parameters.shape, parameters.dtype)
        above, below = (
            objective(parameters + side * step * signs, key_side)
            for side, key_side in zip((1, -1), keys, strict=True)
        )
        estimates.append((above - below) / (2 * step) * signs)
    return jnp.mean(jnp.stack(estimates), axis=0)
