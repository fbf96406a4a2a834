"""Expectations from the part of a circuit that they depend on.

    ⟨0|U† M U|0⟩ = ⟨0|V† M V|0⟩,      V: the gates of U that reach M's qubits

Gates outside of this cone cancel against their inverses, and qubits outside of it stay in |0⟩: of
ten qubits under four chains of CX, ⟨Z_0⟩ depends on five. A diagonal M also ignores diagonal gates
that are followed only by permutations of the basis.
"""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Parameter
from qiskit.quantum_info import SparsePauliOp

from fewqubit.compiler.compiled import compile
from fewqubit.compiler.pieces import StateFunction
from fewqubit.states.observables import check_operator, expectation

_PERMUTATIONS = {"x", "cx", "ccx", "swap", "cswap"}
_PHASES = {"z", "s", "sdg", "t", "tdg", "rz", "p", "cz", "crz", "cp", "rzz", "ccz"}


def compile_expectations(
    circuit: QuantumCircuit,
    operators: Sequence[SparsePauliOp],
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike = jnp.complex64,
) -> StateFunction:
    """(x, θ) -> ⟨M_k⟩ [operators], from the states of their light cones, or of all in one.

    Raises ``CircuitError`` as ``check_operator`` and ``compile`` do.
    """
    for operator in operators:
        check_operator(operator, circuit.num_qubits)
    if not operators:
        return lambda x, theta: jnp.zeros(0, jnp.finfo(dtype).dtype)
    parts = _apart(circuit, operators)
    makers = [
        _emit(circuit, [operators[k] for k in part], inputs, weights, dtype) for part in parts
    ]
    order = np.argsort(np.concatenate(parts))

    def expectations(x: Array, theta: Array) -> Float[Array, " operators"]:
        return jnp.concatenate([make(x, theta) for make in makers])[order]

    return expectations


def _apart(circuit: QuantumCircuit, operators: Sequence[SparsePauliOp]) -> list[list[int]]:
    """Operators by their light cones, or all in one where that is less work."""
    cones: dict[tuple[int, ...], list[int]] = {}
    for number, operator in enumerate(operators):
        cones.setdefault(tuple(_cone(circuit, [operator])[0]), []).append(number)
    together = len(_cone(circuit, operators)[0])
    if sum(2 ** len(cone) for cone in cones) < 2**together:
        return list(cones.values())
    return [list(range(len(operators)))]


def _emit(
    circuit: QuantumCircuit,
    operators: Sequence[SparsePauliOp],
    inputs: Sequence[Parameter],
    weights: Sequence[Parameter],
    dtype: DTypeLike,
) -> StateFunction:
    """(x, θ) -> ⟨M_k⟩ from one state."""
    qubits, reduced = _cone(circuit, operators)
    state = compile(reduced, inputs, weights, dtype)
    restricted = [_restricted(operator, qubits) for operator in operators]

    def expectations(x: Array, theta: Array) -> Float[Array, " operators"]:
        psi = state(x, theta)
        return jnp.stack([expectation(psi, operator) for operator in restricted])

    return expectations


def _cone(
    circuit: QuantumCircuit, operators: Sequence[SparsePauliOp]
) -> tuple[list[int], QuantumCircuit]:
    """The light cone of all ``operators``."""
    diagonal = not any(operator.paulis.x.any() for operator in operators)
    supports = sorted(set().union(*map(_support, operators))) or [0]
    return light_cone(circuit, supports, diagonal)


def light_cone(
    circuit: QuantumCircuit, qubits: Sequence[int], diagonal: bool = False
) -> tuple[list[int], QuantumCircuit]:
    """The qubits that reach ``qubits``, in their order, and the circuit of those alone.

    ``diagonal``: what is measured is a function of the bits.
    """
    cone, kept = set(qubits), []
    classical = set(range(circuit.num_qubits)) if diagonal else set()  # a function of their bits
    for instruction in reversed(circuit.data):
        operation = instruction.operation
        touched = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        is_classical = classical.issuperset(touched)
        unseen = is_classical and operation.name in _PHASES
        if unseen or not cone.intersection(touched) or isinstance(operation, Barrier):
            continue
        if not (is_classical and operation.name in _PERMUTATIONS):
            classical.difference_update(touched)
        cone.update(touched)
        kept.append((operation, touched, instruction.clbits))
    order = sorted(cone)
    reduced = QuantumCircuit(len(order), name=circuit.name)
    reduced.add_bits(circuit.clbits)
    for operation, touched, clbits in reversed(kept):
        reduced.append(operation, [order.index(qubit) for qubit in touched], clbits)
    return order, reduced


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
