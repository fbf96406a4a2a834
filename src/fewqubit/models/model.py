"""A model: an encoder and the body behind it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.config import Circuit, Encoder
from fewqubit.models.arms import build_body, without_entanglers
from fewqubit.models.body import AnyArm
from fewqubit.models.encoder import build_encoder
from fewqubit.models.geometry import Geometry
from fewqubit.models.network import Params
from fewqubit.models.noise import shaken


class Model(NamedTuple):
    """Features of one example, and ways to use them; batching is ``vmap``'s.

    init:        key -> params: {"encoder": w, "circuit": θ}
    apply:       (params, x) -> features: the state C(θ) U(g_w(x)) |0⟩, or a vector. Two parts of
                 params that ``init`` does not make change what is between: "film" scales and
                 shifts the angles, "noise" is what training disturbs
    geometry:    how features are compared
    read:        features -> readings in [−1, 1]
    n_readings:  how many
    n_inputs:    how many angles the encoder gives
    """

    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, "*feature"]], Array]
    geometry: Geometry
    read: Callable[[Array], Float[Array, " readings"]]
    n_readings: int
    n_inputs: int


def build_model(
    encoder: Encoder,
    circuit: Circuit,
    feature_shape: Sequence[int],
    arm: AnyArm,
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
        angles, theta = network.apply(params["encoder"], x), params["circuit"]
        if "film" in params:
            angles = params["film"]["scale"] * angles + params["film"]["shift"]
        noise = params.get("noise", {})
        if "scale" in noise:
            angles, theta = shaken(noise, (angles, theta))
        features = body.apply(theta, angles)
        if "dropped" in noise and arm == "quantum":
            without = without_entanglers(circuit).apply(theta, angles)
            features = jnp.where(noise["dropped"], without, features)
        return features

    return Model(init, apply, body.geometry, body.read, body.n_readings, body.n_inputs)
