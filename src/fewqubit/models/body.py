"""The body of a model: the circuit behind an encoder, or what stands in its place."""

import math
from collections.abc import Callable
from typing import NamedTuple

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.models.geometry import STATES, Geometry
from fewqubit.models.network import Params
from fewqubit.quantum import CompiledCircuit, pauli_z_expectations, pauli_zz_expectations

READOUTS = {"z": pauli_z_expectations, "zz": pauli_zz_expectations}


class Body(NamedTuple):
    """What makes features of angles; one example at a time.

    n_inputs:    how many angles it takes
    init:        key -> θ; what stands in it under "fixed" is drawn but never trained
    apply:       (θ, angles) -> features: a state, or a vector
    read:        features -> readings in [−1, 1]: what gradient learners see
    n_readings:  how many
    geometry:    how features are compared: what the other learners see
    """

    n_inputs: int
    init: Callable[[PRNGKeyArray], Params]
    apply: Callable[[Params, Float[Array, " angles"]], Array]
    read: Callable[[Array], Float[Array, " readings"]]
    n_readings: int
    geometry: Geometry


def circuit_body(compiled: CompiledCircuit, readout: str) -> Body:
    """angles ↦ C(θ) U(angles) |0⟩ with θ ~ U(−π, π) at the start; ``readout`` reads the state."""

    def init(key: PRNGKeyArray) -> Float[Array, " weights"]:
        return jax.random.uniform(key, (compiled.n_weights,), minval=-math.pi, maxval=math.pi)

    return Body(
        compiled.n_inputs,
        init,
        lambda theta, angles: compiled.state(angles, theta),
        READOUTS[readout],
        n_readings(compiled.n_qubits, readout),
        STATES,
    )


def n_readings(n_qubits: int, readout: str) -> int:
    """How many expectations a readout gives: n, or n (n + 1) / 2 with pairs."""
    return n_qubits if readout == "z" else n_qubits * (n_qubits + 1) // 2
