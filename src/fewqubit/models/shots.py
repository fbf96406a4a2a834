"""A circuit trained from shots: in training, a learner sees estimates like those of a device.

Adaptation and prediction outside of training stay exact; for backends see ``measured``.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from fewqubit.backends.gradients.shots import FromShots, from_shots
from fewqubit.base.keys import stream
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import draw_up
from fewqubit.circuits.parameters import vector
from fewqubit.circuits.separable import without_entanglers
from fewqubit.errors import SettingsError
from fewqubit.models.arm_names import CLASSICAL_ARMS
from fewqubit.models.arms import build_body
from fewqubit.models.body import AnyArm, Body, MakeBody
from fewqubit.models.geometry import Geometry, by_pairs
from fewqubit.models.network import Keyed
from fewqubit.models.parts import FIXED
from fewqubit.states.readouts import READOUTS


class Prepared(NamedTuple):
    """The features of a circuit that is read from shots: angles of its rotations, and the key."""

    angles: Float[Array, " rotations"]
    key: PRNGKeyArray


def arm_in_training(arm: AnyArm, shots: int | None) -> AnyArm:
    """The arm that replaces ``arm`` in training with ``shots`` shots per circuit.

    Classical arms and the user's own arms are returned unchanged.
    """
    if shots is None or callable(arm) or arm in CLASSICAL_ARMS:
        return arm
    return read_from_shots(arm, shots)


def read_from_shots(arm: str, shots: int) -> MakeBody:
    """``quantum``, ``separable`` or ``frozen`` with readings and kernels from shots.

    Shots are drawn from a key under "noise" in the params and from the angles, so that different
    examples and steps have different shots. Derivatives come from shifted circuits.
    """

    def body(circuit: Circuit, reads: bool) -> Body:
        if circuit.members > 1 or circuit.bagged:
            raise SettingsError(
                "training.shots: expected one circuit, got an ensemble; set circuit.members to 1 "
                "and circuit.bagged to [], or leave training.shots out"
            )
        if circuit.geometry != "fidelity" and not reads:
            raise SettingsError(
                f"training.shots draws fidelities and readings, circuit.geometry is "
                f"{circuit.geometry}; leave out one of the two"
            )
        if circuit.noise != "none":
            raise SettingsError(
                f"training.shots reads a circuit without noise, circuit.noise is {circuit.noise}; "
                "leave out one of the two"
            )
        exact, made = build_body(circuit, arm, reads), _from_shots(circuit, arm, shots)

        def apply(theta: Keyed, angles: Float[Array, " angles"]) -> Prepared:
            weights, key = theta
            if arm == "frozen":
                weights = jax.lax.stop_gradient(weights[FIXED])
            return Prepared(made.angles(angles, weights), key)

        def read(features: Prepared) -> Float[Array, " readings"]:
            return made.readings(stream(features.key, digest(features.angles)), features.angles)

        geometry = _geometry(made)
        return exact._replace(apply=apply, read=read, geometry=geometry, halves=None, draws=True)

    return body


def _from_shots(circuit: Circuit, arm: str, shots: int) -> FromShots:
    drawn = draw_up(circuit)
    inputs, weights = vector(drawn, "x"), vector(drawn, "θ")
    if arm == "separable":
        drawn = without_entanglers(drawn)
        weights = [weight for weight in weights if weight in drawn.parameters]
    operators = READOUTS[circuit.readout].operators(circuit.n_qubits)
    return from_shots(drawn, inputs, weights, operators, shots)


def _geometry(made: FromShots) -> Geometry:
    def kernel(a: Prepared, b: Prepared) -> Float[Array, "a b"]:
        if not (len(a.angles) and len(b.angles)):
            return jnp.zeros((len(a.angles), len(b.angles)))
        key = stream(a.key[0], digest(a.angles), digest(b.angles))
        return made.kernel(key, a.angles, b.angles)

    return by_pairs(kernel, "training.shots: the metric of states is known in simulation only")


def digest(angles: Float[Array, "..."]) -> Array:
    """A 32-bit hash of angles: Σ bits_k m_k modulo 2³², with odd multipliers m_k."""
    still = jax.lax.stop_gradient(angles).astype(jnp.float32).reshape(-1)
    bits = jax.lax.bitcast_convert_type(still, jnp.uint32)
    odd = 2 * np.random.default_rng(0).integers(2**31, size=still.size, dtype=np.uint32) + 1
    return jnp.sum(bits * odd, dtype=jnp.uint32)
