"""Rows in batches: every length right, few compilations, copies for free, pickles in memory."""

import copy
import pickle

import jax
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Statevector

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml import compiled
from fewqubit.qiskit_ml.compiled import Compiled
from fewqubit.states.observables import probabilities

MAP = zz_feature_map(3, 1)
RANDOM = np.random.default_rng(0)


def state(state):
    return state


@pytest.mark.parametrize("count", [0, 1, 4, 5, 11])
def test_every_number_of_rows_in_double_precision(count, monkeypatch):
    monkeypatch.setattr(compiled, "BATCH_AMPLITUDES", 4 * 2**3)
    rows = RANDOM.normal(size=(count, 3))
    got = Compiled(MAP, MAP.parameters, (), state).values(rows, np.zeros(0))
    expected = [Statevector(MAP.assign_parameters(row)).data for row in rows]
    np.testing.assert_allclose(got, np.reshape(expected, (count, 8)), atol=1e-13)
    assert not jax.config.jax_enable_x64


def test_no_batch_holds_more_states_than_allowed(monkeypatch):
    monkeypatch.setattr(compiled, "BATCH_AMPLITUDES", 4 * 2**3)
    model, sizes = Compiled(MAP, MAP.parameters, (), probabilities), []
    values, jacobians = model._values, model._jacobians
    monkeypatch.setattr(model, "_values", lambda x, t: sizes.append(len(x)) or values(x, t))
    model.values(np.zeros((9, 3)), np.zeros(0))
    assert sizes == [4, 4, 1]
    monkeypatch.setattr(
        model, "_jacobians", lambda x, t, wrt: sizes.append(len(x)) or jacobians(x, t, wrt)
    )
    model.jacobians(np.zeros((2, 3)), np.zeros(0), (0,))  # three directions at once
    assert sizes[3:] == [1, 1]


def test_lengths_share_few_compilations_and_values_need_none():
    traced = []

    def count(state):
        traced.append(1)
        return probabilities(state)

    theta = ParameterVector("θ", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(theta[0], 0)
    circuit.crx(theta[1], 0, 1)
    model = Compiled(circuit, (), theta, count)
    for length in (5, 6, 7, 8):
        for _ in range(2):
            model.values(np.zeros((length, 0)), RANDOM.normal(size=2))
    assert len(traced) == 1


@pytest.mark.parametrize("wrt", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("many", [False, True], ids=["few outputs", "many outputs"])
def test_jacobians_are_finite_differences(wrt, many):
    x, theta = ParameterVector("x", 2), ParameterVector("θ", 3)
    circuit = QuantumCircuit(2)
    circuit.ry(x[0] * theta[0], 0)
    circuit.rxx(theta[1], 0, 1)
    circuit.ry(x[1] + theta[2], 1)
    model = Compiled(circuit, x, theta, probabilities if many else first)
    values = [RANDOM.normal(size=(3, 2)), RANDOM.normal(size=3)]
    for place, got in zip(wrt, model.jacobians(*values, wrt), strict=True):
        for k in range(got.shape[-1]):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [value.copy() for value in values]
                moved[place][..., k] += step
                ends.append(model.values(*moved))
            np.testing.assert_allclose(got[..., k], (ends[0] - ends[1]) / 2e-6, atol=1e-8)


def first(state):
    return probabilities(state)[0]


def test_a_copy_is_the_object_and_a_pickle_computes_the_same():
    model = Compiled(MAP, MAP.parameters, (), state)
    assert copy.deepcopy(model) is model
    rows = RANDOM.normal(size=(2, 3))
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.values(rows, np.zeros(0)), model.values(rows, np.zeros(0)))


def test_what_cannot_be_compiled_is_an_error_at_once():
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.reset(0)
    with pytest.raises(CircuitError, match="instruction 1 \\('reset'"):
        Compiled(circuit, (), (), state)
