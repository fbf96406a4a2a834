"""The arms: a learner's circuit, and what is put in its place to find out what it is worth.

Each is made from the learner's own settings, without further choices.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.config import Circuit
from fewqubit.models.body import AnyArm, Body, circuit_body
from fewqubit.models.ensemble import superpose
from fewqubit.models.geometry import VECTORS
from fewqubit.models.network import Params, n_parameters
from fewqubit.models.twin import twin_network
from fewqubit.quantum import CompiledCircuit, build_circuit, build_separable
from fewqubit.quantum.build import of_each_map
from fewqubit.registry import resolve


def build_body(circuit: Circuit, arm: AnyArm, reads: bool) -> Body:
    """The body that ``arm`` makes of ``circuit``; ``reads``: for a learner that reads it out."""
    make = arm if callable(arm) else resolve(arm, ARMS, "arm")
    return make(circuit, reads)


def quantum(circuit: Circuit, reads: bool) -> Body:
    """The circuit itself."""
    del reads
    return _body(circuit, build_circuit)


def separable(circuit: Circuit, reads: bool) -> Body:
    """The circuit without entanglers: is entanglement of use?"""
    del reads
    return _body(circuit, build_separable)


def frozen(circuit: Circuit, reads: bool) -> Body:
    """The circuit with the θ it starts from, one for each seed: is training it of use?

    The encoder is trained as ever, so a circuit without weights stays what it was.
    """
    body = quantum(circuit, reads)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Array:
        return body.apply(jax.lax.stop_gradient(theta["fixed"]), angles)

    return body._replace(init=lambda key: {"fixed": body.init(key)}, apply=apply, halves=None)


def twin(circuit: Circuit, reads: bool) -> Body:
    """A classical network with as many trained parameters: is it of use that it is a circuit?

    It gives as many readings as the circuit, or as many features as the circuit takes angles.
    For a circuit without weights it is what ``bypass`` is.
    """
    body = quantum(circuit, reads)
    n_weights = n_parameters(jax.eval_shape(body.init, jax.random.key(0)))
    return _vectors(body.n_inputs, body.n_readings if reads else body.n_inputs, n_weights)


def bypass(circuit: Circuit, reads: bool) -> Body:
    """Nothing: the encoder's outputs are the features. Does the encoder do all the work?"""
    n_inputs = quantum(circuit, reads).n_inputs
    return _vectors(n_inputs, n_inputs, 0)


def without_entanglers(circuit: Circuit) -> Body:
    """``separable`` with all parameters of ``quantum``, for what is now the one, now the other."""
    return _body(circuit, lambda own: build_separable(own, every_weight=True))


def _body(circuit: Circuit, build: Callable[[Circuit], CompiledCircuit]) -> Body:
    """One circuit, or an ensemble of its members and of those with further feature maps."""
    bodies = [circuit_body(build(own), circuit.readout) for own in of_each_map(circuit)]
    if circuit.members * len(bodies) == 1:
        return bodies[0]
    return superpose(bodies, circuit.members, circuit.combine)


def _vectors(n_inputs: int, n_outputs: int, n_weights: int) -> Body:
    """The classical body of so many trained numbers; of none, the angles are the features."""
    width = n_outputs if n_weights else n_inputs
    network = twin_network(n_inputs, width, n_weights)
    return Body(n_inputs, network.init, network.apply, jnp.tanh, width, VECTORS)


ARMS: dict[str, Callable[[Circuit, bool], Body]] = {
    "quantum": quantum,
    "separable": separable,
    "frozen": frozen,
    "twin": twin,
    "bypass": bypass,
}
