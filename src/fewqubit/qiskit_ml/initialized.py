"""The library's amplitude map, ``raw_feature_vector``: inputs that are amplitudes, not angles.

Its instruction has a definition only when its parameters are bound. On qubits that nothing has
touched it is where the state begins,

    |ψ(x, θ)⟩ = U(x, θ) (⊗_i |a_i(x)⟩) ⊗ |0…0⟩,      a_i(x): the instruction's inputs, normalised
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Parameter
from qiskit_machine_learning.circuit.library.raw_feature_vector import ParameterizedInitialize

from fewqubit.compiler.compiled import compile
from fewqubit.compiler.halves import compile_onto
from fewqubit.compiler.parse.instructions import is_free
from fewqubit.compiler.pieces import StateFunction
from fewqubit.errors import CircuitError


class _Loaded(NamedTuple):
    """Amplitudes that are inputs, their places among (x, θ), and the qubits they are loaded to."""

    places: list[int]
    qubits: list[int]


def state_function(
    circuit: QuantumCircuit, inputs: Sequence[Parameter], weights: Sequence[Parameter]
) -> StateFunction:
    """``compile`` in double precision, for circuits with ``raw_feature_vector`` too.

    Raises ``CircuitError`` as ``compile`` does, and for amplitudes that are no plain parameters or
    are loaded to qubits that were touched before. The state of a zero vector is NaN.
    """
    rest, loaded = _apart(circuit, [*inputs, *weights])
    if not loaded:
        return compile(circuit, inputs, weights, jnp.complex128)
    onto = compile_onto(rest, inputs, weights, jnp.complex128)

    def state(x: Float[Array, " inputs"], theta: Float[Array, " weights"]) -> Array:
        first = _product(jnp.concatenate([x, theta]), loaded, circuit.num_qubits)
        return onto(jnp.stack([first, jnp.zeros_like(first)]), x, theta)

    return jax.jit(state)


def _apart(
    circuit: QuantumCircuit, parameters: Sequence[Parameter]
) -> tuple[QuantumCircuit, list[_Loaded]]:
    """``circuit`` without its instructions that load free amplitudes, and these."""
    rest, loaded, touched = circuit.copy_empty_like(), [], set[int]()
    for instruction in circuit.data:
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        operation = instruction.operation
        if isinstance(operation, ParameterizedInitialize) and is_free(operation):
            if touched & {*qubits} or not {*operation.params} <= {*parameters}:
                raise CircuitError(
                    f"circuit '{circuit.name}': '{operation.name}' on qubits {qubits} needs plain "
                    "parameters as amplitudes, and qubits that nothing has touched"
                )
            loaded.append(_Loaded([parameters.index(p) for p in operation.params], qubits))
        else:
            rest.append(instruction)
        if not isinstance(operation, (Barrier, Delay)):
            touched.update(qubits)
    return rest, loaded


def _product(
    values: Float[Array, " parameters"], loaded: Sequence[_Loaded], n_qubits: int
) -> Float[Array, " 2**n"]:
    """The product of all loaded vectors, each of norm 1, and of |0⟩ on the other qubits."""
    basis, first = np.arange(2**n_qubits), jnp.ones(2**n_qubits, values.dtype)
    idle = set(range(n_qubits))
    for places, qubits in loaded:
        amplitudes = values[np.array(places)]
        index = sum((basis >> qubit & 1) << k for k, qubit in enumerate(qubits))
        first = first * (amplitudes / jnp.linalg.norm(amplitudes))[index]
        idle -= {*qubits}
    empty = sum(1 << qubit for qubit in idle)
    return jnp.where(basis & empty == 0, first, 0.0)
