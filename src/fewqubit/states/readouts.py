"""What a model sees of a state, by the name in its settings: simulated, and as operators."""

from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

from jaxtyping import Array, Complex, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.states.observables import (
    pauli_z_expectations,
    pauli_zz_expectations,
    zero_probability,
)

# for rooms that have no Qiskit of their own
Drawn, Operator, Symbol = QuantumCircuit, SparsePauliOp, Parameter


def inputs_of(count: int) -> list[Parameter]:
    """x: so many inputs."""
    return list(ParameterVector("x", count))


def primes(count: int) -> list[Parameter]:
    """x′: the inputs of the second of two states that are compared."""
    return list(ParameterVector("x′", count))


class Readout(NamedTuple):
    """The same readings in two forms.

    simulated:  state -> readings
    operators:  number of qubits -> the operators whose expectations they are
    """

    simulated: Callable[[Complex[Array, " 2**n"]], Float[Array, " readings"]]
    operators: Callable[[int], list[SparsePauliOp]]


def z_operators(n_qubits: int) -> list[SparsePauliOp]:
    """Z_q of every qubit q."""
    return [_z(n_qubits, q) for q in range(n_qubits)]


def zz_operators(n_qubits: int) -> list[SparsePauliOp]:
    """Z_q of every qubit, then Z_p Z_q of every pair p < q."""
    pairs = combinations(range(n_qubits), 2)
    return [*z_operators(n_qubits), *(_z(n_qubits, p, q) for p, q in pairs)]


def bloch_operators(n_qubits: int) -> list[SparsePauliOp]:
    """X_q, Y_q, Z_q of every qubit q, in this order."""
    return [
        SparsePauliOp.from_sparse_list([(letter, [q], 1.0)], n_qubits)
        for q in range(n_qubits)
        for letter in "XYZ"
    ]


def zero_operator(n_qubits: int) -> list[SparsePauliOp]:
    """|0…0⟩⟨0…0| = Π_q (1 + Z_q)/2."""
    return flip_operator(n_qubits, 0.0)


def flip_operator(n_qubits: int, weight: float) -> list[SparsePauliOp]:
    """Σ_b w^|b| |b⟩⟨b| = Π_q ((1 + w)/2 + (1 − w)/2 Z_q)."""
    factor = SparsePauliOp(["I", "Z"], [(1 + weight) / 2, (1 - weight) / 2])
    product = factor
    for _ in range(n_qubits - 1):
        product = product.tensor(factor)
    return [product]


def _z(n_qubits: int, *qubits: int) -> SparsePauliOp:
    return SparsePauliOp.from_sparse_list([("Z" * len(qubits), [*qubits], 1.0)], n_qubits)


READOUTS = {
    "z": Readout(pauli_z_expectations, z_operators),
    "zz": Readout(pauli_zz_expectations, zz_operators),
    "zero": Readout(zero_probability, zero_operator),
}
