"""The arms: a learner's circuit, and the controls that replace it.

Each is derived from the learner's own settings.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.base.registry import look_up
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import of_each_map
from fewqubit.compiler.compiled import CompiledCircuit
from fewqubit.errors import SettingsError
from fewqubit.models.body import AnyArm, Body, circuit_body
from fewqubit.models.classical import (
    PRODUCTS,
    affine_network,
    mlp_network,
    rbf_network,
    trained_size,
)
from fewqubit.models.compiled import build_circuit, build_separable
from fewqubit.models.ensemble import superpose
from fewqubit.models.geometry import STATES, projected, vectors
from fewqubit.models.hamming import from_all_outcomes
from fewqubit.models.network import Network, Params
from fewqubit.models.noisy import under_noise
from fewqubit.models.parts import FIXED
from fewqubit.models.twin import twin_network


def build_body(circuit: Circuit, arm: AnyArm, reads: bool) -> Body:
    """The body of ``arm`` for ``circuit``; ``reads``: the learner uses readings."""
    make = arm if callable(arm) else look_up(arm, ARMS, "arm")
    return make(circuit, reads)


def quantum(circuit: Circuit, reads: bool) -> Body:
    """The circuit itself."""
    del reads
    return _compared(circuit, circuits_body(circuit, build_circuit), entanglers=True)


def separable(circuit: Circuit, reads: bool) -> Body:
    """The circuit without entanglers: does entanglement help?"""
    del reads
    return _compared(circuit, circuits_body(circuit, build_separable), entanglers=False)


def frozen(circuit: Circuit, reads: bool) -> Body:
    """The circuit with untrained θ, drawn once for each seed: does training it help?

    The encoder is trained as usual. For a circuit without weights this equals ``quantum``.
    """
    body = quantum(circuit, reads)

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Array:
        return body.apply(jax.lax.stop_gradient(theta[FIXED]), angles)

    return body._replace(init=lambda key: {FIXED: body.init(key)}, apply=apply, halves=None)


def twin(circuit: Circuit, reads: bool) -> Body:
    """A classical network with the same number of trained parameters: does the circuit help?

    It has as many readings as the circuit, or as many features as the circuit has angles. For a
    circuit without weights it equals ``bypass``.
    """
    body = quantum(circuit, reads)
    n, size = body.n_inputs, trained_size(body.init)
    width = body.n_readings if reads and size else n
    return _vectors(circuit, twin_network(n, width, size), n, width)


def bypass(circuit: Circuit, reads: bool) -> Body:
    """No body: the encoder's outputs are the features. Does the encoder do all the work?"""
    n = quantum(circuit, reads).n_inputs
    return _vectors(circuit, twin_network(n, n, 0), n, n)


def affine(circuit: Circuit, reads: bool) -> Body:
    """An affine map of at most the circuit's trained size."""
    body = quantum(circuit, reads)
    n = body.n_inputs
    return _vectors(circuit, affine_network(n, trained_size(body.init)), n, n)


def mlp(circuit: Circuit, reads: bool) -> Body:
    """A hidden layer of at most the circuit's trained size, all of it trained."""
    body = quantum(circuit, reads)
    n = body.n_inputs
    return _vectors(circuit, mlp_network(n, trained_size(body.init)), n, n)


def rbf(circuit: Circuit, reads: bool) -> Body:
    """Features of an RBF kernel, with at most as many trained parameters as the circuit.

    They are compared by their kernel, or used as readings, as many as the circuit has.
    """
    body, settings = quantum(circuit, reads), circuit.classical
    n, width = body.n_inputs, body.n_readings if reads else 2 * settings.features
    network = rbf_network(n, trained_size(body.init), width, settings.gamma)
    waves = _vectors(circuit, network, n, width)
    return waves._replace(read=lambda z: (width / 2) ** 0.5 * z, geometry=PRODUCTS)


def without_entanglers(circuit: Circuit) -> Body:
    """``separable`` with all parameters of ``quantum``, so that training can switch between them.

    Raises SettingsError: the circuit has noise.
    """
    if circuit.noise != "none":
        raise SettingsError(
            f"training.entangler_dropout is for circuits without noise, and circuit.noise is "
            f"{circuit.noise}; leave out one of the two"
        )
    return circuits_body(circuit, lambda settings: build_separable(settings, every_weight=True))


def circuits_body(circuit: Circuit, build: Callable[[Circuit], CompiledCircuit]) -> Body:
    """One circuit, or an ensemble: its members, and those with other feature maps."""
    geometry = projected(circuit.gamma) if circuit.geometry == "projected" else STATES
    how = circuit.readout, geometry, circuit.spread
    bodies = [circuit_body(build(settings), *how) for settings in of_each_map(circuit)]
    if circuit.members * len(bodies) == 1:
        return bodies[0]
    if circuit.geometry != "fidelity":
        raise SettingsError(
            f"circuit.geometry is {circuit.geometry}, which compares single circuits; expected "
            "fidelity for an ensemble, or circuit.members 1 and circuit.bagged []"
        )
    return superpose(bodies, circuit.members, circuit.combine)


def _compared(circuit: Circuit, body: Body, entanglers: bool) -> Body:
    """``body`` with the noise and the geometry of the settings."""
    if circuit.noise != "none":
        return under_noise(circuit, body, entanglers)
    if circuit.geometry == "hamming":
        return from_all_outcomes(circuit, body, entanglers)
    return body


def _vectors(circuit: Circuit, network: Network, n_inputs: int, n_readings: int) -> Body:
    """The classical body ``network``, with γ and the input scale from the settings."""
    settings = circuit.classical

    def apply(theta: Params, angles: Float[Array, " angles"]) -> Float[Array, " features"]:
        return network.apply(theta, settings.input_scale * angles)

    compared = vectors(settings.gamma)
    return Body(n_inputs, network.init, apply, jnp.tanh, n_readings, compared, classical=True)


ARMS: dict[str, Callable[[Circuit, bool], Body]] = {
    "quantum": quantum,
    "separable": separable,
    "frozen": frozen,
    "twin": twin,
    "bypass": bypass,
    "affine": affine,
    "mlp": mlp,
    "rbf": rbf,
}
