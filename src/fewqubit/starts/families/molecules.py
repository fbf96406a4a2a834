"""Molecules at varying bond length, from stored Hamiltonians."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from fewqubit.errors import DataError
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import Molecule


def draw(family: Molecule, random: np.random.Generator, n_qubits: int) -> Problem:
    """A molecule at a random bond length. Raises DataError: wrong size, or outside the table."""
    stored, coefficients = _stored(family.name)
    (low, high), bonds = family.bond, stored["bonds"]
    if n_qubits != stored["n_qubits"]:
        raise DataError(f"{family.name} has {stored['n_qubits']} qubits, got {n_qubits}")
    if low < bonds[0] or high > bonds[-1]:
        raise DataError(
            f"{family.name}: expected bonds between {bonds[0]} and {bonds[-1]} Å, got {[low, high]}"
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
