"""Published QAOA angles for regular graphs: one set for all graphs of a degree."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.errors import SettingsError
from fewqubit.starts.contract import StartLearner, World, at, untrained
from fewqubit.starts.settings.ansatze import Qaoa

# degree -> (γ_1 … γ_p, β_1 … β_p) for each p; the share of the edges that is cut at least
THREE_REGULAR: dict[int, tuple[float, ...]] = {
    1: (0.61548, 0.39270),
    2: (0.48789, 0.89776, 0.55476, 0.29226),
    3: (0.41788, 0.79215, 0.93233, 0.60033, 0.45242, 0.23511),
    4: (0.40718, 0.77873, 0.97786, 1.14390, 0.59413, 0.44062, 0.31250, 0.16313),
    7: (
        *(0.30755, 0.62012, 0.70061, 0.76413, 0.86568, 1.03552, 1.12584),
        *(0.64806, 0.55840, 0.50077, 0.45132, 0.33452, 0.23544, 0.12965),
    ),
}
GUARANTEED = {1: 0.6925, 2: 0.7559, 3: 0.7923, 4: 0.8167, 7: 0.8596}


def build(world: World) -> StartLearner:
    """The published angles. Raises SettingsError: there are none for the ansatz."""
    angles = published(world)
    return untrained(lambda params, problem, key: at(angles), world)


def published(world: World) -> Float[Array, " angles"]:
    """Published angles for the ansatz of ``world``. Raises SettingsError: there are none."""
    if not isinstance(world.ansatz, Qaoa) or world.ansatz.depth not in THREE_REGULAR:
        raise SettingsError(
            f"fixed_angles: published for qaoa of depth {', '.join(map(str, THREE_REGULAR))}, "
            f"got {world.ansatz!r}; leave it out of `starts`"
        )
    return jnp.array(THREE_REGULAR[world.ansatz.depth])
