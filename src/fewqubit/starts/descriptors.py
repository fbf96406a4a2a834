"""Descriptors standardised by the training problems."""

from collections.abc import Callable, Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.starts.landscape import Landscape

FAR = 3.0  # standard deviations; larger values are clipped


def standardise(
    training: Sequence[Landscape],
) -> Callable[[Float[Array, "... d"]], Float[Array, "... d"]]:
    """z = (descriptor − mean)/deviation of the training problems, clipped to ±3.

    A descriptor that is constant over the training problems becomes 0 for all problems.
    """
    rows = jnp.concatenate([problems.descriptors for problems in training])
    mean, deviation = rows.mean(0), rows.std(0)
    varies = deviation > 1e-5 * (1 + jnp.abs(mean))
    factor = jnp.where(varies, 1 / jnp.where(varies, deviation, 1), 0)
    return lambda row: jnp.clip((row - mean) * factor, -FAR, FAR)
