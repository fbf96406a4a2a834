"""The few large operations that a circuit is fused to, and how an item joins one.

Layer      one-qubit gates on many qubits at once
Monomial   ψ'[b] = constant[b] · exp(-i/2 Σ_m angle_m (-1)^parity(b & m)) · ψ[source[b]]
Dense      a constant matrix on a few qubits
"""

from dataclasses import dataclass, field

import numpy as np

from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.compiler.fuse.items import Dense, Phase, Shuffle, support
from fewqubit.compiler.fuse.runs import Run
from fewqubit.compiler.parse.expressions import Affine, combine, scale


@dataclass
class Layer:
    """A run of gates for each of some qubits."""

    runs: dict[int, Run] = field(default_factory=dict)

    @property
    def support(self) -> int:
        return sum(1 << qubit for qubit in self.runs)

    def append(self, qubit: int, run: Run) -> None:
        """Append ``run`` to the gates of ``qubit``."""
        self.runs[qubit] = self.runs.get(qubit, ()) + run


@dataclass
class Monomial:
    """A permutation of the basis under constant and angle-dependent phases.

    ``source`` and ``constant`` are [2**n]; ``terms`` maps masks to angles. All are functions of the
    bits after the permutation, so that later phases simply add.
    """

    n_qubits: int
    source: np.ndarray
    constant: np.ndarray
    terms: dict[int, Affine] = field(default_factory=dict)
    support: int = 0

    @classmethod
    def identity(cls, n_qubits: int) -> "Monomial":
        dimension = 2**n_qubits
        return cls(n_qubits, np.arange(dimension), np.ones(dimension, complex))

    def append_phase(self, phase: Phase) -> None:
        """Add a term; a constant angle goes into the constant."""
        self.support |= phase.mask
        if phase.angle.terms:
            self.terms[phase.mask] = combine(
                self.terms.get(phase.mask, Affine(0.0)), phase.angle, 1.0, 1.0
            )
        else:
            signs = parity_signs(np.array([phase.mask]), self.n_qubits)[:, 0]
            self.constant = self.constant * np.exp(-0.5j * phase.angle.constant * signs)

    def append_shuffle(self, shuffle: Shuffle) -> bool:
        """Append a constant permutation with phases; False if angles cannot be carried over.

        A term (-1)^parity(b & m) stays one under the permutation p only if p is affine in the bits.
        """
        source, phases = spread(shuffle, self.n_qubits)
        terms: dict[int, Affine] = {}
        for mask, angle in self.terms.items():
            moved = _pulled_back(mask, source, self.n_qubits)
            if moved is None:
                return False
            new_mask, sign = moved
            terms[new_mask] = combine(terms.get(new_mask, Affine(0.0)), scale(angle, sign), 1, 1)
        self.terms, self.support = terms, self.support | support(shuffle)
        self.constant, self.source = phases * self.constant[source], self.source[source]
        return True


Group = Layer | Monomial | Dense


def spread(shuffle: Shuffle, n_qubits: int) -> tuple[np.ndarray, np.ndarray]:
    """Source and phase of every basis state of the whole register."""
    basis = np.arange(2**n_qubits)
    local = sum((basis >> qubit & 1) << k for k, qubit in enumerate(shuffle.qubits))
    source = basis.copy()
    for k, qubit in enumerate(shuffle.qubits):
        bit = shuffle.source[local] >> k & 1
        source = source & ~(1 << qubit) | bit << qubit
    active = np.ones(len(basis), bool)
    for qubit, bit in shuffle.controls:
        active &= (basis >> qubit & 1) == bit
    return np.where(active, source, basis), np.where(active, shuffle.phases[local], 1.0)


def _pulled_back(mask: int, source: np.ndarray, n_qubits: int) -> tuple[int, float] | None:
    """(m', s) with (-1)^parity(source[b] & m) = s (-1)^parity(b & m') for all b, if any."""
    parity = np.bitwise_count(source & mask) & 1
    at_zero = int(parity[0])
    moved = sum(1 << q for q in range(n_qubits) if parity[1 << q] != at_zero)
    expected = np.bitwise_count(np.arange(len(source)) & moved) & 1 ^ at_zero
    return (moved, 1.0 - 2.0 * at_zero) if np.array_equal(parity, expected) else None
