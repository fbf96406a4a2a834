"""Energies against Qiskit's, and ground energies against closed forms."""

import json
from importlib.resources import files
from itertools import product
from math import cos, pi, sqrt
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from qiskit.quantum_info import Statevector
from scipy.interpolate import CubicSpline

from fewqubit.base.keys import root_key
from fewqubit.circuits.parameters import vector
from fewqubit.errors import DataError, OwnCodeError
from fewqubit.starts.families.maxcut import maxcut
from fewqubit.starts.families.portfolio import portfolio
from fewqubit.starts.families.returns import read_returns
from fewqubit.starts.landscape import landscape
from fewqubit.starts.settings.ansatze import (
    Ansatz,
    HardwareEfficient,
    IsingLayers,
    Qaoa,
    Uccsd,
    XxzLayers,
)
from fewqubit.starts.settings.families import (
    Family,
    Hubbard,
    Ising,
    MaxCut,
    Molecule,
    OwnFamily,
    Portfolio,
    Xxz,
)

CASES = [
    (MaxCut(graph="random", weights=(0.2, 1.5)), Qaoa(2)),
    (Ising(), IsingLayers(2)),
    (Ising(ring=False), HardwareEfficient(1)),
    (Xxz(), XxzLayers(2)),
    (Molecule(), Uccsd()),
    (Hubbard(), Uccsd()),
]


@pytest.mark.parametrize(("family", "ansatz"), CASES, ids=lambda value: value.kind)
def test_an_energy_is_that_of_the_circuit_in_qiskit(family: Family, ansatz: Ansatz) -> None:
    problem = family.problems(root_key(3), 4, 1)[0]
    circuit = ansatz.circuit(problem)
    weights = vector(circuit, "θ")
    theta = np.random.default_rng(1).uniform(-1, 1, len(weights))
    state = Statevector(circuit.assign_parameters(dict(zip(weights, theta, strict=True))))
    expected = state.expectation_value(problem.operator).real
    one = jax.tree.map(lambda leaf: leaf[0], landscape([problem]))
    found = jax.jit(ansatz.energy(problem.electrons))(jnp.asarray(theta, jnp.float32), one)
    assert float(found) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("field", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("sites", [4, 8])
def test_the_ising_ring_has_the_ground_energy_of_free_fermions(sites: int, field: float) -> None:
    """E_0 = −Σ_k √(1 + h² − 2h cos k), k = (2m + 1)π/n (Pfeuty 1970)."""
    problem = Ising(field=(field, field)).problems(root_key(0), sites, 1)
    modes = [(2 * m + 1) * pi / sites for m in range(sites)]
    exact = -sum(sqrt(1 + field**2 - 2 * field * cos(k)) for k in modes)
    assert float(landscape(problem).ground[0]) == pytest.approx(exact, rel=1e-6)


def test_a_ground_state_of_maxcut_is_the_largest_cut() -> None:
    edges = [(0, 1, 1.0), (1, 2, 2.5), (2, 3, 1.0), (3, 0, 0.5), (0, 2, 1.5)]
    cuts = [
        sum(weight for one, other, weight in edges if sides[one] != sides[other])
        for sides in product((0, 1), repeat=4)
    ]
    made = landscape([maxcut(4, edges)])
    assert float(made.ground[0]) == pytest.approx(-max(cuts))
    assert float(made.error(jnp.array([-0.5 * max(cuts)]))[0]) == pytest.approx(0.5)


def test_a_portfolio_is_its_quadratic_form_on_every_choice() -> None:
    random = np.random.default_rng(0)
    mean, factor = random.normal(size=4), random.normal(size=(4, 4))
    covariance = factor @ factor.T
    diagonal = np.asarray(landscape([portfolio(mean, covariance, 0.7, 1.5)]).diagonal[0])
    for number, energy in enumerate(diagonal):
        x = np.array([number >> asset & 1 for asset in range(4)])
        cost = 0.7 * x @ covariance @ x - mean @ x + 1.5 * (x.sum() - 2) ** 2
        assert energy == pytest.approx(cost, abs=1e-5)


def test_a_portfolio_from_a_file_has_the_means_and_risks_of_its_assets(tmp_path: Path) -> None:
    returns = np.random.default_rng(2).normal(0, 0.01, (40, 3))
    place = tmp_path / "returns.csv"
    days = [f"2024-01-{day}" for day in range(40)]
    pd.DataFrame(returns, index=days, columns=["a", "b", "c"]).to_csv(place, index_label="day")
    family = Portfolio(returns=str(place), risk=(0.5, 0.5))
    unit = np.diag(np.cov(returns.T)).mean()
    known = portfolio(returns.mean(0) / unit**0.5, np.cov(returns.T) / unit, 0.5, 1.0)
    drawn = family.problems(root_key(0), 3, 1)[0]
    np.testing.assert_allclose([c for _, c in drawn.terms], [c for _, c in known.terms])
    with pytest.raises(DataError, match="expected 4 assets, got 3"):
        family.problems(root_key(0), 4, 1)


def test_a_return_that_is_no_number_is_told_with_its_place(tmp_path: Path) -> None:
    place = tmp_path / "gaps.csv"
    place.write_text("a,b\n0.1,0.2\n0.1,\n")
    with pytest.raises(DataError, match=r"gaps\.csv, line 3, column 'b'"):
        read_returns(str(place))


def test_a_family_of_ones_own_draws_by_its_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/fields_of_mine.py").write_text(
        "from fewqubit.starts.problem import Problem, pauli\n"
        "def draw(family, random, n):\n"
        "    h = float(random.uniform(*family.options['h']))\n"
        "    return Problem(tuple((pauli(n, X=[q]), -h) for q in range(n)), (h,))\n"
        "def wrong(family, random, n):\n"
        "    return Problem(((pauli(2, Z=[0]), 1.0),), ())\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    family = OwnFamily(kind="own.fields_of_mine:draw", options={"h": [0.5, 2.0]})
    problem = family.problems(root_key(0), 3, 1)
    assert float(landscape(problem).ground[0]) == pytest.approx(-3 * problem[0].descriptors[0])
    with pytest.raises(OwnCodeError, match="of 3 qubits, the function returned 2"):
        OwnFamily(kind="own.fields_of_mine:wrong").problems(root_key(0), 3, 1)


def test_problems_come_from_their_own_streams_and_are_regular() -> None:
    family = MaxCut()
    first, more = family.problems(root_key(1), 8, 2), family.problems(root_key(1), 8, 4)
    assert first == more[:2]
    assert more[2] != more[3]
    assert {problem.degree for problem in more} == {3}


@pytest.mark.parametrize(
    ("edges", "told"),
    [([], "got none"), ([(0, 0, 1.0)], "0–0"), ([(0, 1, 1.0), (1, 0, 1.0)], "twice")],
)
def test_what_is_no_graph_is_one_line(edges: list[tuple[int, int, float]], told: str) -> None:
    with pytest.raises(DataError, match=told):
        maxcut(3, edges)


@pytest.mark.parametrize("repulsion", [0.0, 1.0, 4.0])
def test_two_sites_of_the_hubbard_model_have_their_closed_form(repulsion: float) -> None:
    """E_0 = (U − √(U² + 16t²))/2 at half filling; here the whole spectrum is moved by −U/2."""
    problem = Hubbard(repulsion=(repulsion, repulsion)).problems(root_key(0), 4, 1)
    assert float(landscape(problem).ground[0]) == pytest.approx(-sqrt(repulsion**2 + 16) / 2)


@pytest.mark.parametrize("sites", [3, 4])
def test_without_repulsion_the_reference_is_the_ground_state(sites: int) -> None:
    problem = Hubbard(repulsion=(0.0, 0.0)).problems(root_key(0), 2 * sites, 1)[0]
    one = jax.tree.map(lambda leaf: leaf[0], landscape([problem]))
    index = sum(1 << orbital for orbital in problem.electrons)
    levels = sorted(-2 * cos(pi * k / (sites + 1)) for k in range(1, sites + 1))
    filled = 2 * sum(levels[: sites // 2]) + (sites % 2) * levels[sites // 2]
    assert float(one.diagonal[index]) == pytest.approx(filled, abs=1e-6)
    assert float(one.ground) == pytest.approx(filled, abs=1e-6)


@pytest.mark.parametrize("bond", [0.75, 1.5])
def test_h2_has_the_ground_energy_of_full_ci_and_uccsd_reaches_it(bond: float) -> None:
    """PySCF's full CI, stored beside the Hamiltonian; the double excitation alone mixes both."""
    stored = json.loads(files("fewqubit.starts.families").joinpath("h2_sto3g.json").read_text())
    exact = stored["full_ci"][stored["bonds"].index(bond)]
    problem = Molecule(bond=(bond, bond)).problems(root_key(0), 4, 1)[0]
    one = jax.tree.map(lambda leaf: leaf[0], landscape([problem]))
    assert float(one.ground) == pytest.approx(exact, abs=2e-7)
    energy = jax.jit(jax.vmap(Uccsd().energy(problem.electrons), (0, None)))
    double = np.linspace(-0.8, 0.8, 801)
    angles = np.zeros((801, 3), np.float32)
    angles[:, 2] = double
    assert float(energy(jnp.asarray(angles), one).min()) == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize("bond", [1.5, 2.5])
def test_lih_has_the_ground_energy_of_full_ci_in_its_orbitals(bond: float) -> None:
    stored = json.loads(files("fewqubit.starts.families").joinpath("lih_sto3g.json").read_text())
    exact = stored["full_ci"][stored["bonds"].index(bond)]
    problem = Molecule(name="lih", bond=(bond, bond)).problems(root_key(0), 6, 1)
    assert float(landscape(problem).ground[0]) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("name", ["h2", "lih"])
def test_the_spline_between_stored_bonds_is_far_finer_than_chemical_accuracy(name: str) -> None:
    folder = files("fewqubit.starts.families")
    stored = json.loads(folder.joinpath(f"{name}_sto3g.json").read_text())
    coarse = CubicSpline(stored["bonds"][::2], stored["coefficients"][::2])
    missed = np.abs(coarse(stored["bonds"][1::2]) - np.array(stored["coefficients"][1::2])).max()
    assert missed / 16 < 1e-4, "a spline's error falls with the fourth power of the spacing"
