"""A model: an encoder, then a body."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.circuits.circuit import Circuit
from fewqubit.compiler.halves import Halves
from fewqubit.models.arms import build_body, without_entanglers
from fewqubit.models.body import AnyArm
from fewqubit.models.factors import ReadsEntries
from fewqubit.models.geometry import Geometry
from fewqubit.models.network import Keyed, Params
from fewqubit.models.noise import shaken
from fewqubit.models.parts import CIRCUIT, ENCODER, FILM, NOISE
from fewqubit.models.settings import Encoder
from fewqubit.tasks.inputs import FeatureShape


class Model(NamedTuple):
    """Features of one example, and ways to use them; ``vmap`` makes batches.

    init:        key -> params: {"encoder": w, "circuit": θ}
    encode:      (params, x) -> the angles g_w(x); a part "film" of params, which ``init`` does not
                 make, scales and shifts them
    evolve:      (params, angles) -> features: the state C(θ) U(angles) |0⟩, or a vector; a part
                 "noise" of params holds the disturbances of training
    begin:       (params, angles) -> prefix, the part of ``evolve`` that does not depend on θ
    finish:      (params, prefix) -> features, the rest of it
    geometry:    how features are compared
    read:        features -> readings in [−1, 1]
    n_readings:  number of readings
    n_inputs:    number of angles that the encoder gives
    classical:   it has no circuit;  entangled: its circuit has its entanglers
    entries:     how the circuits of adapters are read where they are measured; None: exactly
    """

    init: Callable[[PRNGKeyArray], Params]
    encode: Callable[[Params, Float[Array, "*feature"]], Float[Array, " angles"]]
    evolve: Callable[[Params, Float[Array, " angles"]], Array]
    begin: Callable[[Params, Float[Array, " angles"]], Any]
    finish: Callable[[Params, Any], Array]
    geometry: Geometry
    read: Callable[[Array], Float[Array, " readings"]]
    n_readings: int
    n_inputs: int
    classical: bool
    entangled: bool
    entries: ReadsEntries | None

    def apply(self, params: Params, x: Float[Array, "*feature"]) -> Array:
        """x -> features."""
        return self.evolve(params, self.encode(params, x))


def build_model(
    encoder: Encoder,
    circuit: Circuit,
    feature_shape: FeatureShape,
    arm: AnyArm,
    reads: bool = False,
) -> Model:
    """The encoder of the settings with the body of ``arm``.

    ``reads``: the learner uses readings of features rather than compares them.
    """
    body = build_body(circuit, arm, reads)
    build = encoder.build_classical if body.classical else encoder.build
    network = build(feature_shape, body.n_inputs)

    def init(key: PRNGKeyArray) -> Params:
        key_encoder, key_circuit = jax.random.split(key)
        return {ENCODER: network.init(key_encoder), CIRCUIT: body.init(key_circuit)}

    def encode(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " angles"]:
        angles = network.apply(params[ENCODER], x)
        if FILM in params:
            angles = params[FILM]["scale"] * angles + params[FILM]["shift"]
        return angles

    def evolve(params: Params, angles: Float[Array, " angles"]) -> Array:
        theta, noise = params[CIRCUIT], params.get(NOISE, {})
        if "scale" in noise:
            angles, theta = shaken(noise, (angles, theta))
        if body.draws:
            theta = Keyed(theta, noise["shots"])
        features = body.apply(theta, angles)
        if "dropped" in noise and arm == "quantum":
            without = without_entanglers(circuit).apply(theta, angles)
            features = jnp.where(noise["dropped"], without, features)
        return features

    def halves(params: Params) -> Halves | None:
        return None if body.halves is None or NOISE in params else body.halves()

    def begin(params: Params, angles: Float[Array, " angles"]) -> Any:
        parts = halves(params)
        return angles if parts is None else parts.begin(angles)

    def finish(params: Params, prefix: Any) -> Array:
        parts = halves(params)
        return evolve(params, prefix) if parts is None else parts.finish(prefix, params[CIRCUIT])

    return Model(
        init=init,
        encode=encode,
        evolve=evolve,
        begin=begin,
        finish=finish,
        geometry=body.geometry,
        read=body.read,
        n_readings=body.n_readings,
        n_inputs=body.n_inputs,
        classical=body.classical,
        entangled=arm != "separable",
        entries=body.entries,
    )
