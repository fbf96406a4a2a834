"""Quantum data: ground states of spin chains; a task is to classify the phases of one chain.

A chain is a model with its own random bond strengths and local frame. It is the group that a task
stays within. Its states are ground states at control parameters inside a phase.
"""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array, eye_array, kron
from scipy.sparse.linalg import eigsh

from fewqubit.data.generated import Phases
from fewqubit.data.raw import RawData

X = csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
Y = csr_array(np.array([[0.0, -1.0], [1.0, 0.0]]))  # Pauli Y times -i: real; Y Y has the sign -1
Z = csr_array(np.array([[1.0, 0.0], [0.0, -1.0]]))
BOND_SPREAD = 0.2  # bond strengths are 1 ± this

Hamiltonian = Callable[[Float[np.ndarray, " sites"], np.random.Generator], csr_array]


class PhaseOfMatter(NamedTuple):
    """A phase of a model: its name, and the Hamiltonian at a random point well inside it."""

    name: str
    hamiltonian: Hamiltonian


def read_phases(settings: Phases) -> RawData:
    """Amplitudes [N, 2**n_sites] of ground states of periodic chains, with random signs.

    The sign of an eigenvector has no meaning, so it is drawn at random. Site q is bit q of the
    index. Source of the chains: Sachdev, Quantum Phase Transitions (Ising); Giamarchi, Quantum
    Physics in One Dimension (XXZ); Cong, Choi & Lukin, 1810.03787, eq. 1 (cluster-Ising).
    """
    random = np.random.default_rng(settings.data_seed)
    x: list[np.ndarray] = []
    y: list[int] = []
    names: list[str] = []
    groups: list[str] = []
    for model in settings.models:
        for number in range(settings.chains):
            bonds = random.uniform(1 - BOND_SPREAD, 1 + BOND_SPREAD, settings.n_sites)
            frame = _frame(random.uniform(0, 2 * np.pi, settings.n_sites))
            for phase in MODELS[model]:
                y += [len(names)] * settings.states
                names.append(f"{model}-{number}/{phase.name}")
                groups.append(f"{model}-{number}")
                for _ in range(settings.states):
                    x.append(frame @ ground_state(phase.hamiltonian(bonds, random), random))
    return RawData(np.asarray(x, np.float32), np.asarray(y, np.int32), names, groups)


def ground_state(
    hamiltonian: csr_array, random: np.random.Generator
) -> Float[np.ndarray, " 2**sites"]:
    """The eigenvector of the lowest eigenvalue, by Lanczos; its sign is drawn from ``random``."""
    start = np.ones(hamiltonian.shape[0])
    vector = eigsh(hamiltonian, k=1, which="SA", v0=start)[1][:, 0]
    return np.copysign(1.0, vector[np.argmax(np.abs(vector))]) * vector * random.choice([-1, 1])


def _frame(angles: Float[np.ndarray, " sites"]) -> csr_array:
    """⊗ RY(angle): the local frame of a chain."""
    turns = [
        csr_array([[np.cos(a / 2), -np.sin(a / 2)], [np.sin(a / 2), np.cos(a / 2)]]) for a in angles
    ]
    return csr_array(reduce(lambda low, high: kron(high, low), turns))


def _sum(weights: Float[np.ndarray, " sites"], *letters: csr_array) -> csr_array:
    """Σ_i w_i A_i B_{i+1} …, around the ring; ``letters`` are A, B, …"""
    n, total = len(weights), 0
    for site, weight in enumerate(weights):
        factors = [eye_array(2)] * n
        for step, letter in enumerate(letters):
            factors[(site + step) % n] = letter
        total = total + weight * reduce(lambda low, high: kron(high, low), factors)
    return csr_array(total)


def _ising(low: float, high: float) -> Hamiltonian:
    """−Σ J_i Z_i Z_{i+1} − h Σ X_i with h from [low, high]; critical at h = 1."""

    def hamiltonian(bonds: np.ndarray, random: np.random.Generator) -> csr_array:
        field = np.full(len(bonds), random.uniform(low, high))
        return -_sum(bonds, Z, Z) - _sum(field, X)

    return hamiltonian


def _xxz(low: float, high: float) -> Hamiltonian:
    """Σ J_i (X_i X_{i+1} + Y_i Y_{i+1} + Δ Z_i Z_{i+1}) with Δ from [low, high]; critical at 1."""

    def hamiltonian(bonds: np.ndarray, random: np.random.Generator) -> csr_array:
        delta = random.uniform(low, high)
        return _sum(bonds, X, X) - _sum(bonds, Y, Y) + delta * _sum(bonds, Z, Z)

    return hamiltonian


def _cluster(first: tuple[float, float], second: tuple[float, float]) -> Hamiltonian:
    """−Σ J_i Z_{i−1} X_i Z_{i+1} − h₁ Σ X_i − h₂ Σ X_i X_{i+1}, h₁ and h₂ from these intervals."""

    def hamiltonian(bonds: np.ndarray, random: np.random.Generator) -> csr_array:
        one, two = (np.full(len(bonds), random.uniform(*pair)) for pair in (first, second))
        return -_sum(bonds, Z, X, Z) - _sum(one, X) - _sum(two, X, X)

    return hamiltonian


MODELS: dict[str, tuple[PhaseOfMatter, ...]] = {
    "ising": (
        PhaseOfMatter("ordered", _ising(0.2, 0.7)),
        PhaseOfMatter("disordered", _ising(1.4, 2.5)),
    ),
    "xxz": (
        PhaseOfMatter("critical", _xxz(-0.6, 0.6)),
        PhaseOfMatter("antiferromagnet", _xxz(1.8, 4.0)),
    ),
    "cluster": (
        PhaseOfMatter("topological", _cluster((0.1, 0.5), (-0.2, 0.2))),
        PhaseOfMatter("paramagnet", _cluster((1.8, 3.0), (-0.2, 0.2))),
        PhaseOfMatter("antiferromagnet", _cluster((0.1, 0.5), (-3.0, -2.0))),
    ),
}
