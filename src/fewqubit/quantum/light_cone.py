"""Expectations need only the part of a circuit that they see.

    ⟨0|U† M U|0⟩ = ⟨0|V† M V|0⟩,      V: the gates of U that reach M's qubits

Gates outside of this cone cancel against their inverses, and qubits outside of it stay in |0⟩: of
ten qubits under four chains of CX, ⟨Z_0⟩ sees five.
"""

from collections.abc import Sequence

import jax.numpy as jnp
from jax.typing import DTypeLike
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Parameter
from qiskit.quantum_info import SparsePauliOp

from fewqubit.errors import CircuitError
from fewqubit.quantum.compile import StateFunction, compile
from fewqubit.quantum.observables import expectation


def compile_expectations(
    circuit: QuantumCircuit,
    operators: Sequence[SparsePauliOp],
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> StateFunction:
    """(x, θ) -> ⟨M_k⟩ [operators], from the state of their common light cone.

    Raises ``CircuitError`` for an operator on another number of qubits, and as ``compile`` does.
    """
    for operator in operators:
        if operator.num_qubits != circuit.num_qubits:
            raise CircuitError(
                f"operator on {operator.num_qubits} qubits, circuit '{circuit.name}' has "
                f"{circuit.num_qubits}; pad the operator with I"
            )
    qubits, seen = light_cone(circuit, sorted(set().union(*map(_support, operators))) or [0])
    state = compile(seen, inputs, weights, dtype)
    restricted = [_restricted(operator, qubits) for operator in operators]

    def expectations(x: Array, theta: Array) -> Float[Array, " operators"]:
        psi = state(x, theta)
        return jnp.stack([expectation(psi, operator) for operator in restricted])

    return expectations


def light_cone(circuit: QuantumCircuit, qubits: Sequence[int]) -> tuple[list[int], QuantumCircuit]:
    """The qubits that reach ``qubits``, in their order, and the circuit of those alone."""
    cone, kept = set(qubits), []
    for instruction in reversed(circuit.data):
        touched = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if cone.intersection(touched) and not isinstance(instruction.operation, Barrier):
            cone.update(touched)
            kept.append((instruction.operation, touched, instruction.clbits))
    order = sorted(cone)
    seen = QuantumCircuit(len(order), name=circuit.name)
    seen.add_bits(circuit.clbits)
    for operation, touched, clbits in reversed(kept):
        seen.append(operation, [order.index(qubit) for qubit in touched], clbits)
    return order, seen


def _support(operator: SparsePauliOp) -> set[int]:
    """The qubits on which some term is not the identity."""
    acts = (operator.paulis.x | operator.paulis.z).any(axis=0)
    return {int(qubit) for qubit in acts.nonzero()[0]}


def _restricted(operator: SparsePauliOp, qubits: Sequence[int]) -> SparsePauliOp:
    """``operator`` on ``qubits`` alone; it is the identity on all others."""
    terms = [
        ("".join(label[::-1][qubit] for qubit in qubits)[::-1], coefficient)
        for label, coefficient in operator.to_list()
    ]
    return SparsePauliOp.from_list(terms)
