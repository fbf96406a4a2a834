"""Published angles for QAOA on regular graphs, that hold for every graph of a degree."""

from typing import Literal

import jax.numpy as jnp

from fewqubit.errors import SettingsError
from fewqubit.starts.ansatz.qaoa import Qaoa
from fewqubit.starts.contract import Starter, StartLearner, World, at, untrained

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


class FixedAngles(Starter):
    """The angles of the fixed-angle conjecture for 3-regular graphs, p = 1 to 4, and 7.

    Wurtz & Lykov 2021, arXiv 2107.00677; the numbers are those of the authors' repository
    danlkv/fixed-angle-QAOA, to five digits, those of p = 2 moved by whole periods. p = 1 is
    (arctan(1/√2), π/8). On other graphs they are stretched as every angle of the ansatz is, which
    the conjecture does not cover.
    """

    kind: Literal["fixed_angles"] = "fixed_angles"

    def build(self, world: World) -> StartLearner:
        if not isinstance(world.ansatz, Qaoa) or world.ansatz.depth not in THREE_REGULAR:
            raise SettingsError(
                f"fixed_angles: published for qaoa of depth {', '.join(map(str, THREE_REGULAR))}, "
                f"got {world.ansatz!r}; leave it out of `starts`"
            )
        angles = jnp.array(THREE_REGULAR[world.ansatz.depth])
        return untrained(lambda params, problem, key: at(angles), world)
