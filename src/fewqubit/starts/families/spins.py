"""Chains of spins: transverse-field Ising and XXZ."""

from typing import ClassVar, Literal

import numpy as np

from fewqubit.starts.families.contract import Family, Range
from fewqubit.starts.problem import Problem, bonds, pauli


class Ising(Family):
    """H = −Σ Z_q Z_{q+1} − h Σ X_q on a ring or an open chain, h uniform in ``field``."""

    names: ClassVar[tuple[str, ...]] = ("field", "1/sites")
    kind: Literal["ising"] = "ising"
    field: Range = (0.5, 1.5)
    ring: bool = True

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        field = float(random.uniform(*self.field))
        couplings = [(pauli(n_qubits, Z=pair), -1.0) for pair in bonds(n_qubits, self.ring)]
        fields = [(pauli(n_qubits, X=[q]), -field) for q in range(n_qubits)]
        return Problem((*couplings, *fields), (field, 1 / n_qubits))


class Xxz(Family):
    """H = Σ X_qX_{q+1} + Y_qY_{q+1} + Δ Z_qZ_{q+1} on an open chain, Δ uniform in a range."""

    names: ClassVar[tuple[str, ...]] = ("anisotropy", "1/sites")
    kind: Literal["xxz"] = "xxz"
    anisotropy: Range = (0.2, 1.8)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        delta = float(random.uniform(*self.anisotropy))
        terms = [
            (pauli(n_qubits, **{letter: pair}), delta if letter == "Z" else 1.0)
            for pair in bonds(n_qubits, ring=False)
            for letter in "XYZ"
        ]
        return Problem(tuple(terms), (delta, 1 / n_qubits))
