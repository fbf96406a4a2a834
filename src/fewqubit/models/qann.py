"""The quantum artificial neural network: encoder, feature map, ansatz, Pauli readout."""

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from fewqubit.config import Circuit, Encoder
from fewqubit.models.network import Network, Params
from fewqubit.models.quantum import encoded_twin, quantum_model
from fewqubit.quantum import pauli_z_expectations, pauli_zz_expectations

READOUTS = {"z": pauli_z_expectations, "zz": pauli_zz_expectations}


def build_qann(
    encoder: Encoder, circuit: Circuit, feature_shape: Sequence[int], arm: str
) -> Network:
    """``quantum``: x ↦ Pauli expectations of C(θ) U(g_w(x)) |0⟩. ``twin``: as many outputs.

    The twin's outputs pass through tanh, so that both arms read features in [−1, 1].
    """
    if arm == "twin":
        twin = encoded_twin(encoder, circuit, feature_shape, n_features(circuit))
        return Network(twin.init, lambda params, x: jnp.tanh(twin.apply(params, x)))
    model, read = quantum_model(encoder, circuit, feature_shape), READOUTS[circuit.readout]

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " features"]:
        return read(model.apply(params, x))

    return Network(model.init, apply)


def n_features(circuit: Circuit) -> int:
    """How many expectations the readout gives: n, or n (n + 1) / 2 with pairs."""
    n = circuit.n_qubits
    return n if circuit.readout == "z" else n * (n + 1) // 2
