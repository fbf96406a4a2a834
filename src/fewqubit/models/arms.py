"""The arms: a learner's circuit, and what is put in its place to find out what it is worth.

Each is made from the learner's own settings, without further choices.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.config import Circuit
from fewqubit.models.body import Body, circuit_body, n_readings
from fewqubit.models.geometry import VECTORS
from fewqubit.models.network import Params
from fewqubit.models.twin import twin_network
from fewqubit.quantum import build_circuit, build_separable
from fewqubit.registry import resolve


def build_body(circuit: Circuit, arm: str, reads: bool) -> Body:
    """The body that ``arm`` makes of ``circuit``; ``reads``: for a learner that reads it out."""
    return resolve(arm, ARMS, "arm")(circuit, reads)


def quantum(circuit: Circuit, reads: bool) -> Body:
    """The circuit itself."""
    del reads
    return circuit_body(build_circuit(circuit), circuit.readout)


def separable(circuit: Circuit, reads: bool) -> Body:
    """The circuit without entanglers: is entanglement of use?"""
    del reads
    return circuit_body(build_separable(circuit), circuit.readout)


def frozen(circuit: Circuit, reads: bool) -> Body:
    """The circuit with the θ it starts from, one for each seed: is training it of use?

    The encoder is trained as ever, so a circuit without weights stays what it was.
    """
    body = quantum(circuit, reads)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Array:
        return body.apply(jax.lax.stop_gradient(theta["fixed"]), angles)

    return body._replace(init=lambda key: {"fixed": body.init(key)}, apply=apply)


def twin(circuit: Circuit, reads: bool) -> Body:
    """A classical network with as many trained parameters: is it of use that it is a circuit?

    It gives as many readings as the circuit, or as many features as the circuit takes angles.
    For a circuit without weights it is what ``bypass`` is.
    """
    compiled = build_circuit(circuit)
    width = compiled.n_inputs
    if reads and compiled.n_weights:
        width = n_readings(circuit.n_qubits, circuit.readout)
    network = twin_network(compiled.n_inputs, width, compiled.n_weights)
    return Body(compiled.n_inputs, network.init, network.apply, jnp.tanh, width, VECTORS)


def bypass(circuit: Circuit, reads: bool) -> Body:
    """Nothing: the encoder's outputs are the features. Does the encoder do all the work?"""
    del reads
    n_inputs = build_circuit(circuit).n_inputs
    network = twin_network(n_inputs, n_inputs, 0)
    return Body(n_inputs, network.init, network.apply, jnp.tanh, n_inputs, VECTORS)


ARMS: dict[str, Callable[[Circuit, bool], Body]] = {
    "quantum": quantum,
    "separable": separable,
    "frozen": frozen,
    "twin": twin,
    "bypass": bypass,
}
