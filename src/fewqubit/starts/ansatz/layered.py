"""Ansätze of equal layers: one layer is compiled and scanned, independent of depth."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Statevector

from fewqubit.circuits.parameters import vector
from fewqubit.compiler.halves import compile_onto
from fewqubit.starts.ansatz.contract import State
from fewqubit.starts.landscape import Landscape
from fewqubit.starts.settings.ansatze import Layered, Shape


def build(ansatz: Layered, shape: Shape) -> QuantumCircuit:
    """The reference and the layers, each with its own angles."""
    circuit, layer = ansatz.reference(shape), ansatz.layer(shape)
    weights = vector(layer, "θ")
    theta = ParameterVector("θ", ansatz.depth * len(weights))
    circuit.name = ansatz.kind
    for number in range(ansatz.depth):
        part = theta[number * len(weights) : (number + 1) * len(weights)]
        circuit = circuit.compose(layer.assign_parameters(dict(zip(weights, part, strict=True))))
    return circuit


@cache
def scanned(ansatz: Layered, shape: Shape) -> State:
    """(θ, problem) -> the state; the layer is compiled once and scanned."""
    layer = ansatz.layer(shape)
    onto = compile_onto(layer, (), vector(layer, "θ"))
    begin = Statevector(ansatz.reference(shape)).data
    parts = np.stack([begin.real, begin.imag]).astype(np.float32)

    def state(theta: Float[Array, " angles"], problem: Landscape) -> Complex[Array, " 2**n"]:
        del problem

        def one(parts: Array, angles: Array) -> tuple[Array, None]:
            psi = onto(parts, jnp.zeros(0), angles)
            return jnp.stack([psi.real, psi.imag]), None

        last = jax.lax.scan(one, jnp.asarray(parts), theta.reshape(ansatz.depth, -1))[0]
        return jax.lax.complex(last[0], last[1])

    return state
