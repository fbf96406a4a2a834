"""An encoder with a circuit behind it, and the same encoder with the circuit's twin."""

import math
from collections.abc import Sequence

import jax
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from fewqubit.config import Circuit, Encoder
from fewqubit.models.encoder import build_encoder
from fewqubit.models.network import Network, Params
from fewqubit.models.twin import twin_network
from fewqubit.quantum import build_circuit


def quantum_model(encoder: Encoder, circuit: Circuit, feature_shape: Sequence[int]) -> Network:
    """x ↦ C(θ) U(g_w(x)) |0⟩, the state of one example, [2**n_qubits].

    params: {"encoder": w, "circuit": θ}, with θ ~ U(−π, π) at the start.
    """
    compiled = build_circuit(circuit)
    network = build_encoder(encoder, feature_shape, compiled.n_inputs)

    def init(key: PRNGKeyArray) -> Params:
        key_encoder, key_circuit = jax.random.split(key)
        shape = (compiled.n_weights,)
        theta = jax.random.uniform(key_circuit, shape, minval=-math.pi, maxval=math.pi)
        return {"encoder": network.init(key_encoder), "circuit": theta}

    def apply(params: Params, x: Float[Array, "*feature"]) -> Complex[Array, " D"]:
        return compiled.state(network.apply(params["encoder"], x), params["circuit"])

    return Network(init, apply)


def encoded_twin(
    encoder: Encoder,
    circuit: Circuit,
    feature_shape: Sequence[int],
    n_outputs: int | None = None,
) -> Network:
    """The same encoder, and in the circuit's place a network with as many trained parameters.

    The parameters have the tree of the quantum model's. Without ``n_outputs`` the twin gives as
    many features as the circuit takes angles.
    """
    compiled = build_circuit(circuit)
    network = build_encoder(encoder, feature_shape, compiled.n_inputs)
    twin = twin_network(compiled.n_inputs, n_outputs or compiled.n_inputs, compiled.n_weights)

    def init(key: PRNGKeyArray) -> Params:
        key_encoder, key_circuit = jax.random.split(key)
        return {"encoder": network.init(key_encoder), "circuit": twin.init(key_circuit)}

    def apply(params: Params, x: Float[Array, "*feature"]) -> Float[Array, " features"]:
        return twin.apply(params["circuit"], network.apply(params["encoder"], x))

    return Network(init, apply)
