"""The body of a model: the circuit behind an encoder, or what stands in its place."""

import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.circuits.circuit import Circuit
from fewqubit.compiler.compiled import CompiledCircuit, random_weights
from fewqubit.compiler.halves import Halves
from fewqubit.models.geometry import STATES, Geometry
from fewqubit.models.network import Params
from fewqubit.states.readouts import READOUTS

Apply = Callable[[Params, Float[Array, " angles"]], Array]


class Body(NamedTuple):
    """Maps the angles of one example to features.

    n_inputs:    how many angles it takes
    init:        key -> θ; what stands in it under "fixed" is drawn but never trained
    apply:       (θ, angles) -> features: a state, or a vector
    read:        features -> readings in [−1, 1]: what gradient learners see
    n_readings:  how many
    geometry:    how features are compared: what the other learners see
    halves:      ``apply`` in two, () -> (begin: angles -> begun, finish: (begun, θ) -> features),
                 where there is much to do before θ comes in; goes when ``apply`` is replaced
    draws:       it is read from shots: ``apply`` gets θ as ``Keyed``
    classical:   there is no circuit in it, and its inputs need not be angles
    """

    n_inputs: int
    init: Callable[[PRNGKeyArray], Params]
    apply: Apply
    read: Callable[[Array], Float[Array, " readings"]]
    n_readings: int
    geometry: Geometry
    halves: Callable[[], Halves] | None = None
    draws: bool = False
    classical: bool = False


# How a body is made of a circuit's settings, for a learner that reads it out or not; and an arm by
# its name in ``arms.ARMS`` or by the function itself.
MakeBody = Callable[[Circuit, bool], Body]
AnyArm = str | MakeBody


def circuit_body(
    compiled: CompiledCircuit, readout: str, geometry: Geometry = STATES, spread: float = math.pi
) -> Body:
    """angles ↦ C(θ) U(angles) |0⟩, θ ~ U(−spread, spread) at the start; ``readout`` reads it."""
    read = READOUTS[readout].simulated
    state = jax.ShapeDtypeStruct((2**compiled.n_qubits,), jnp.complex64)

    return Body(
        compiled.n_inputs,
        lambda key: random_weights(compiled, key, spread),
        lambda theta, angles: compiled.state(angles, theta),
        read,
        jax.eval_shape(read, state).size,
        geometry,
        compiled.halves,
    )
