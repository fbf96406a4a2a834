"""Pauli strings that one circuit measures: on every qubit they have the same letter, or none.

    ⟨M_k⟩ = constant_k + Σ_groups Σ_terms c_tk ⟨P_t⟩,   P_t = ⊗_{q ∈ mask_t} basis_q

After the group's change of basis, ⟨P_t⟩ is the mean of (-1)^parity(outcome & mask_t).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from qiskit import QuantumCircuit
from qiskit.quantum_info import PauliList, SparsePauliOp

from fewqubit.compiler.fuse.bits import mask_of
from fewqubit.states.observables import check_operator


class Group(NamedTuple):
    """Strings of one circuit.

    basis:         the letter each qubit is measured in, qubit 0 first; I where no string has one
    masks:         the qubits of every string, as bits
    coefficients:  of every string in every operator
    """

    basis: str
    masks: Int[np.ndarray, " terms"]
    coefficients: Float[np.ndarray, "terms operators"]


class Grouped(NamedTuple):
    """Operators taken apart; ``constants`` are their multiples of the identity."""

    groups: list[Group]
    constants: Float[np.ndarray, " operators"]


def grouped(operators: Sequence[SparsePauliOp], n_qubits: int) -> Grouped:
    """All strings of ``operators`` in few groups, each string once.

    Raises ``CircuitError`` as ``check_operator`` does.
    """
    strings: dict[str, np.ndarray] = {}
    for k, operator in enumerate(operators):
        check_operator(operator, n_qubits)
        for label, coefficient in operator.to_list():
            strings.setdefault(label, np.zeros(len(operators)))[k] += coefficient.real
    constants = strings.pop("I" * n_qubits, np.zeros(len(operators)))
    if not strings:
        return Grouped([], constants)
    parts = PauliList(list(strings)).group_commuting(qubit_wise=True)
    return Grouped([_group(part.to_labels(), strings) for part in parts], constants)


def basis_change(basis: str) -> QuantumCircuit:
    """The rotations after which every letter of ``basis`` is read as Z."""
    circuit = QuantumCircuit(len(basis))
    for qubit, letter in enumerate(basis):
        if letter == "Y":
            circuit.sdg(qubit)
        if letter in "XY":
            circuit.h(qubit)
    return circuit


def _group(labels: list[str], strings: dict[str, np.ndarray]) -> Group:
    letters = [label[::-1] for label in labels]  # a label has qubit 0 last
    basis = "".join(max(column) for column in zip(*letters, strict=True))  # "I" < "X" < "Y" < "Z"
    masks = [mask_of(q for q, letter in enumerate(word) if letter != "I") for word in letters]
    return Group(basis, np.array(masks), np.stack([strings[label] for label in labels]))
