"""Spin chains: transverse-field Ising and XXZ."""

import numpy as np

from fewqubit.starts.problem import Problem, bonds, pauli
from fewqubit.starts.settings.families import Ising, Xxz


def draw_ising(family: Ising, random: np.random.Generator, n_qubits: int) -> Problem:
    """An Ising chain in a random field."""
    field = float(random.uniform(*family.field))
    couplings = [(pauli(n_qubits, Z=pair), -1.0) for pair in bonds(n_qubits, family.ring)]
    fields = [(pauli(n_qubits, X=[q]), -field) for q in range(n_qubits)]
    return Problem((*couplings, *fields), (field, 1 / n_qubits))


def draw_xxz(family: Xxz, random: np.random.Generator, n_qubits: int) -> Problem:
    """An XXZ chain with a random anisotropy."""
    delta = float(random.uniform(*family.anisotropy))
    terms = [
        (pauli(n_qubits, **{letter: pair}), delta if letter == "Z" else 1.0)
        for pair in bonds(n_qubits, ring=False)
        for letter in "XYZ"
    ]
    return Problem(tuple(terms), (delta, 1 / n_qubits))
