"""A model: an encoder and the body behind it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Circuit, Encoder
from fewqubit.models.arms import build_body
from fewqubit.models.encoder import build_encoder
from fewqubit.models.geometry import Geometry
from fewqubit.models.network import Params


class Model(NamedTuple):
    """Features of one example, and two ways to use them; batching is ``vmap``'s.

    init:        key -> params: {"encoder": w, "circuit": θ}
    apply:       (params, x) -> features: the state C(θ) U(g_w(x)) |0⟩, or a vector
    geometry:    how features are compared
    read:        features -> readings in [−1, 1]
    n_readings:  how many
    """

    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, "*feature"]], Array]
    geometry: Geometry
    read: Callable[[Array], Float[Array, " readings"]]
    n_readings: int


def build_model(
    encoder: Encoder,
    circuit: Circuit,
    feature_shape: Sequence[int],
    arm: str,
    reads: bool = False,
) -> Model:
    """The encoder of the settings with what ``arm`` makes of the circuit.

    ``reads``: for a learner that reads features out, rather than compares them.
    """
    body = build_body(circuit, arm, reads)
    network = build_encoder(encoder, feature_shape, body.n_inputs)

    def init(key: PRNGKeyArray) -> Params:
        key_encoder, key_circuit = jax.random.split(key)
        return {"encoder": network.init(key_encoder), "circuit": body.init(key_circuit)}

    def apply(params: Params, x: Float[Array, "*feature"]) -> Array:
        return body.apply(params["circuit"], network.apply(params["encoder"], x))

    return Model(init, apply, body.geometry, body.read, body.n_readings)
