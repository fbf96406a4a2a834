"""The controls are what they are said to be: the state sees cosets, a line sees clusters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Statevector
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.config import Coset, Linear
from fewqubit.data.sources.controls import euler_angles, read_coset, read_linear, ring, rotation

EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 1, "n_validation": 1, "n_test": 1}
ANGLE = st.floats(-7, 7)


def coset(**settings: float) -> Coset:
    return Coset(source="coset", n_qubits=3, classes=4, rows=6, episodes=EPISODES, **settings)


def state(row: np.ndarray) -> np.ndarray:
    circuit = FEATURE_MAPS["covariant"](len(row) // 3, 1, 1.0)
    return Statevector(circuit.assign_parameters(row.astype(float))).data


def test_rows_of_a_class_are_one_state_and_those_of_others_are_not() -> None:
    raw = read_coset(coset(noise=0.0))
    states = np.array([state(row) for row in raw.x])
    fidelity = np.abs(states.conj() @ states.T) ** 2
    same = raw.y[:, None] == raw.y
    np.testing.assert_allclose(fidelity[same], 1, atol=1e-5)
    assert fidelity[~same].max() < 0.9


def test_a_line_through_the_angles_sees_nothing() -> None:
    raw = read_coset(coset(noise=0.05))
    train = np.arange(len(raw.y)) % 6 < 3
    guess = NearestCentroid().fit(raw.x[train], raw.y[train]).score(raw.x[~train], raw.y[~train])
    assert guess < 0.75  # with the states' fidelity it is 1


@given(ANGLE, ANGLE, ANGLE)
def test_euler_angles_give_the_unitary_back(a: float, b: float, c: float) -> None:
    u = rotation(np.array([a, b, c]))
    first, second, third = euler_angles(u)
    circuit = QuantumCircuit(1)
    circuit.rz(first, 0)
    circuit.ry(second, 0)
    circuit.rz(third, 0)
    assert Operator(circuit).equiv(Operator(u), atol=1e-6)


@pytest.mark.parametrize(("n", "edges"), [(1, 0), (2, 1), (3, 3), (5, 5)])
def test_the_ring_has_each_edge_once(n: int, edges: int) -> None:
    assert np.triu(ring(n)).sum() == edges
    assert np.triu(ring(n)).sum() * 2 == ring(n).sum()


def test_lines_tell_clusters_apart() -> None:
    raw = read_linear(Linear(source="linear", classes=5, episodes=EPISODES))
    assert LogisticRegression().fit(raw.x, raw.y).score(raw.x, raw.y) > 0.99
