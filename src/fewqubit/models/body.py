"""The body of a model: the circuit after an encoder, or its classical replacement."""

import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.circuits.circuit import Circuit
from fewqubit.compiler.compiled import CompiledCircuit, random_weights
from fewqubit.compiler.halves import Halves
from fewqubit.models.factors import ReadsEntries
from fewqubit.models.geometry import STATES, Geometry
from fewqubit.models.network import Params
from fewqubit.states.readouts import READOUTS

Apply = Callable[[Params, Float[Array, " angles"]], Array]


class Body(NamedTuple):
    """Maps the angles of one example to features.

    n_inputs:    number of angles
    init:        key -> θ; parameters under "fixed" are drawn but never trained
    apply:       (θ, angles) -> features: a state, or a vector
    read:        features -> readings in [−1, 1], used by gradient learners
    n_readings:  number of readings
    geometry:    how the other learners compare features
    halves:      ``apply`` in two parts, () -> (begin: angles -> prefix,
                 finish: (prefix, θ) -> features), if much of it does not depend on θ; None after
                 ``apply`` is replaced
    draws:       it is read from shots: ``apply`` gets θ as ``Keyed``
    classical:   it has no circuit, and its inputs need not be angles
    entries:     how the circuits of adapters are read where they are measured; None: exactly
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
    entries: ReadsEntries | None = None


# (circuit settings, whether the learner uses readings) -> body; an arm is its name in ``arms.ARMS``
# or such a function itself.
MakeBody = Callable[[Circuit, bool], Body]
AnyArm = str | MakeBody


def circuit_body(
    compiled: CompiledCircuit, readout: str, geometry: Geometry = STATES, spread: float = math.pi
) -> Body:
    """angles ↦ C(θ) U(angles) |0⟩, initially θ ~ U(−spread, spread), with readings ``readout``."""
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
