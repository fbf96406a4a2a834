"""Molecules along a bond, from stored Hamiltonians."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal

import numpy as np
from scipy.interpolate import CubicSpline

from fewqubit.errors import DataError
from fewqubit.starts.families.contract import Family, Range
from fewqubit.starts.problem import Problem


class Molecule(Family):
    """The electronic Hamiltonian of H2 or LiH in STO-3G, Jordan–Wigner, lengths within ``bond``.

    ``h2``: both electrons in both orbitals, 4 qubits, 0.4 to 2.5 Å. ``lih``: the two outer
    electrons in the three lowest σ orbitals above the core of Li, 6 qubits, 1.0 to 3.1 Å.
    Coefficients are cubic splines through those of 43 stored lengths, made by PySCF
    (``benchmarks/molecules.py``). Energies, those of nuclei and core included, and errors are in
    hartree: chemical accuracy is 0.0016.
    """

    names: ClassVar[tuple[str, ...]] = ("bond",)
    kind: Literal["molecule"] = "molecule"
    name: Literal["h2", "lih"] = "h2"
    bond: Range = (0.4, 2.5)

    def draw(self, random: np.random.Generator, n_qubits: int) -> Problem:
        stored, coefficients = _stored(self.name)
        (low, high), bonds = self.bond, stored["bonds"]
        if n_qubits != stored["n_qubits"]:
            raise DataError(f"{self.name} has {stored['n_qubits']} qubits, got {n_qubits}")
        if low < bonds[0] or high > bonds[-1]:
            raise DataError(
                f"{self.name}: expected bonds between {bonds[0]} and {bonds[-1]} Å, got "
                f"{[low, high]}"
            )
        bond = float(random.uniform(low, high))
        values = [float(value) for value in coefficients(bond)]
        terms = tuple(zip(stored["labels"], values, strict=True))
        return Problem(terms, (bond,), scale="one", electrons=tuple(stored["occupied"]))


@cache
def _stored(name: str) -> tuple[dict[str, Any], CubicSpline]:
    text = files("fewqubit.starts.families").joinpath(f"{name}_sto3g.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found, CubicSpline(found["bonds"], found["coefficients"])
