"""Gates that every member of a superposition has, each with an angle of its own.

A rotation whose angle the control register chooses is 2^c rotations of the target with as many CX
between them, none of them controlled (Möttönen et al. 2004, arXiv quant-ph/0404089, eq. 3).
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library import (
    CXGate,
    CZGate,
    RXGate,
    RXXGate,
    RYGate,
    RYYGate,
    RZGate,
    RZXGate,
    RZZGate,
)

# What turns the rotation the other way if it stands before and after, on the first qubit.
FLIPS: dict[type[Gate], type[Gate]] = {
    **dict.fromkeys((RYGate, RZGate, RYYGate, RZZGate, RZXGate), CXGate),
    **dict.fromkeys((RXGate, RXXGate), CZGate),
}


class Placed(NamedTuple):
    """An operation and the qubits that it acts on."""

    operation: Instruction
    qubits: tuple[int, ...]


def placed(circuit: QuantumCircuit) -> list[Placed]:
    """The operations of ``circuit`` in their order."""
    places = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    return [Placed(one.operation, tuple(places[q] for q in one.qubits)) for one in circuit.data]


def shared_ends(members: Sequence[Sequence[Placed]]) -> tuple[int, int]:
    """How many operations all members begin with, and how many they end with after those."""
    first = _count_alike(members)
    return first, _count_alike([member[first:][::-1] for member in members])


def _count_alike(members: Sequence[Sequence[Placed]]) -> int:
    return sum(1 for _ in takewhile(_is_alike, zip(*members, strict=False)))


def _is_alike(members: Sequence[Placed]) -> bool:
    """Whether ``append_multiplexed`` can do what each of the members does."""
    (operation, qubits), *others = members
    if any(other.qubits != qubits for other in others):
        return False
    kind = operation.base_class
    turn = kind in FLIPS and all(other.operation.base_class is kind for other in others)
    return turn or all(other.operation == operation for other in others)


def append_multiplexed(
    circuit: QuantumCircuit, control: Sequence[int], members: Sequence[Placed]
) -> None:
    """Member i's operation where ``control`` reads i, the first qubit the lowest bit."""
    (operation, qubits), *others = members
    if all(other.operation == operation for other in others):
        circuit.append(operation, qubits)
        return
    kind, flip = operation.base_class, FLIPS[operation.base_class]()
    count = 2 ** len(control)
    angles = [member.operation.params[0] for member in members]
    angles += angles[:1] * (count - len(angles))  # where the register never is
    codes = [k ^ k >> 1 for k in range(count)]  # Gray: from one to the next one bit changes
    for code, following in zip(codes, [*codes[1:], 0], strict=True):
        signs = [(-1) ** (code & number).bit_count() for number in range(count)]
        angle = sum(sign * angle for sign, angle in zip(signs, angles, strict=True)) / count
        circuit.append(kind(angle), qubits)
        circuit.append(flip, [control[(code ^ following).bit_length() - 1], qubits[0]])
