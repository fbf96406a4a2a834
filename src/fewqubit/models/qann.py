"""The quantum artificial neural network: encoder, feature map, ansatz, Pauli readout."""

from collections.abc import Sequence

import jax
from jaxtyping import Array, Float

from fewqubit.config import Circuit, Encoder
from fewqubit.models.network import Network, Params
from fewqubit.models.quantum import encoded_twin, quantum_model
from fewqubit.quantum import pauli_z_expectations


def build_qann(
    encoder: Encoder, circuit: Circuit, feature_shape: Sequence[int], arm: str
) -> Network:
    """``quantum``: x ↦ ⟨Z_i⟩ of C(θ) U(g_w(x)) |0⟩. ``twin``: the twin's outputs, as many.

    The twin's outputs pass through tanh, so that both arms read features in [−1, 1].
    """
    if arm == "twin":
        twin = encoded_twin(encoder, circuit, feature_shape, circuit.n_qubits)
        return Network(twin.init, lambda params, x: jax.numpy.tanh(twin.apply(params, x)))
    model = quantum_model(encoder, circuit, feature_shape)

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " n_qubits"]:
        return pauli_z_expectations(model.apply(params, x))

    return Network(model.init, apply)
