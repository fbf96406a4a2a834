"""A problem: a Hamiltonian as a sum of Pauli strings, with its descriptors."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from qiskit.quantum_info import SparsePauliOp

Scale = Literal["ground", "range", "one"]


@dataclass(frozen=True)
class Problem:
    """H = Σ_t c_t P_t; a variational circuit seeks its lowest energy.

    terms:        (Pauli label, coefficient); qubit 0 is the last letter, as in Qiskit
    descriptors:  numbers known without solving the problem; equally many within a family
    stretch:      the angles of e^{−iγH} are divided by it, so that they transfer to problems with
                  other weights and degrees
    scale:        energy errors are divided by it: ``ground`` |E_0|, ``range`` E_max − E_0, or
                  ``one`` unit of energy
    electrons:    occupied qubits of the reference state, for fermions
    """

    terms: tuple[tuple[str, float], ...]
    descriptors: tuple[float, ...]
    stretch: float = 1.0
    scale: Scale = "ground"
    electrons: tuple[int, ...] = ()
    edges: tuple[tuple[int, int, float], ...] = field(default=())

    @property
    def n_qubits(self) -> int:
        return len(self.terms[0][0])

    @cached_property
    def operator(self) -> SparsePauliOp:
        """The Hamiltonian for Qiskit."""
        return SparsePauliOp.from_list([*self.terms])

    @property
    def degree(self) -> int | None:
        """Degree of a regular graph with all weights 1; else None."""
        counts = [0] * self.n_qubits
        for one, other, _ in self.edges:
            counts[one] += 1
            counts[other] += 1
        regular = len(set(counts)) == 1 and all(weight == 1 for *_, weight in self.edges)
        return counts[0] if regular and self.edges else None


def pauli(n_qubits: int, **letters: Sequence[int]) -> str:
    """The label with ``X=[0, 1]`` on qubits 0 and 1, and I elsewhere."""
    label = ["I"] * n_qubits
    for letter, qubits in letters.items():
        for qubit in qubits:
            label[n_qubits - 1 - qubit] = letter
    return "".join(label)


def bonds(n_qubits: int, ring: bool) -> list[tuple[int, int]]:
    """Neighbouring sites of a chain; a ring of more than two sites also joins its ends."""
    chain = [(q, q + 1) for q in range(n_qubits - 1)]
    return [*chain, (n_qubits - 1, 0)] if ring and n_qubits > 2 else chain


def fingerprint(problems: Sequence[Problem]) -> str:
    """SHA-256 of the problems' terms: equal for the same instances."""
    text = json.dumps([[problem.terms, problem.scale] for problem in problems])
    return hashlib.sha256(text.encode()).hexdigest()
