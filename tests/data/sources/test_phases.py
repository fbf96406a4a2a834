"""Ground states against their closed forms, and what tells their phases apart."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

from fewqubit.config import Phases
from fewqubit.data.sources.phases import MODELS, ground_state, read_phases

EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 1, "n_validation": 1, "n_test": 1}
UNIFORM = np.ones(4)


class Middle:
    """Not random: the middle of every interval."""

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2


def around(letters: str, n: int, weight: float) -> SparsePauliOp:
    """Σ_i of ``letters`` on sites i, i+1, … of a ring; Qiskit writes site 0 last."""
    terms = []
    for site in range(n):
        text = ["I"] * n
        for step, letter in enumerate(letters):
            text[(site + step) % n] = letter
        terms.append(("".join(reversed(text)), weight))
    return SparsePauliOp.from_list(terms)


@pytest.mark.parametrize(
    ("model", "place", "expected"),
    [
        ("ising", 0, [("ZZ", -1), ("X", -0.45)]),
        ("xxz", 1, [("XX", 1), ("YY", 1), ("ZZ", 2.9)]),
        ("cluster", 2, [("ZXZ", -1), ("X", -0.3), ("XX", 2.5)]),
    ],
)
def test_hamiltonians_are_those_of_the_books(model: str, place: int, expected: list) -> None:
    built = MODELS[model][place].hamiltonian(UNIFORM, Middle())
    reference = sum(around(letters, 4, weight) for letters, weight in expected)
    np.testing.assert_allclose(built.toarray(), reference.to_matrix(), atol=1e-12)


def test_the_ising_energy_is_that_of_free_fermions() -> None:
    """E₀ = −Σ_k sqrt(1 + h² − 2h cos k), k = ±π/n, ±3π/n, … (Pfeuty 1970)."""
    n, field = 8, 0.45
    hamiltonian = MODELS["ising"][0].hamiltonian(np.ones(n), Middle())
    state = ground_state(hamiltonian, np.random.default_rng(0))
    k = np.pi * (2 * np.arange(n) + 1) / n
    energy = -np.sqrt(1 + field**2 - 2 * field * np.cos(k)).sum()
    np.testing.assert_allclose(state @ hamiltonian @ state, energy, rtol=1e-9)


def test_rows_are_states_and_chains_are_groups() -> None:
    settings = Phases(source="phases", n_sites=4, chains=2, states=3, episodes=EPISODES)
    raw = read_phases(settings)
    np.testing.assert_allclose((raw.x**2).sum(1), 1, atol=1e-5)
    assert raw.x.shape == (2 * (2 + 2 + 3) * 3, 2**4)
    assert raw.groups[:4] == ["ising-0", "ising-0", "ising-1", "ising-1"]
    again = read_phases(settings)
    np.testing.assert_array_equal(raw.x, again.x)


def test_states_of_a_phase_are_nearer_to_each_other() -> None:
    raw = read_phases(Phases(source="phases", n_sites=6, chains=1, states=6, episodes=EPISODES))
    fidelity = (raw.x @ raw.x.T) ** 2
    same = raw.y[:, None] == raw.y
    chain = np.array(raw.groups)[raw.y]
    other = (chain[:, None] == chain) & ~same
    assert fidelity[same].mean() > fidelity[other].mean() + 0.2
