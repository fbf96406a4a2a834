"""Rows as callers have them: finite numbers, or one line that names the row."""

import copy
import pickle

import jax
import numpy as np
import pandas as pd
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from sklearn.base import clone

from fewqubit.errors import CircuitError, DataError
from fewqubit.qiskit_ml import (
    EstimatorNetwork,
    FidelityKernel,
    ProjectedKernel,
    SamplerNetwork,
    TrainableFidelityKernel,
)

MAP, ANSATZ = zz_feature_map(2), real_amplitudes(2, reps=1)
X = np.array([[0.1, 2.0], [0.3, 0.4], [1.0, -1.0]])


def holed(value):
    rows = X.astype(object)
    rows[1, 0] = value
    return rows


@pytest.mark.parametrize("bad", [np.nan, np.inf, "a", None])
@pytest.mark.parametrize(
    "kernel",
    [
        FidelityKernel(feature_map=MAP),
        FidelityKernel(feature_map=MAP, shots=10),
        ProjectedKernel(feature_map=MAP),
    ],
)
def test_kernels_name_the_row_that_is_no_number(kernel, bad):
    with pytest.raises(DataError, match="x_vec, row 1, column 0 is"):
        kernel.evaluate(holed(bad))
    with pytest.raises(DataError, match="y_vec, row 1, column 0 is"):
        kernel.evaluate(X, holed(bad))


@pytest.mark.parametrize("network", [EstimatorNetwork, SamplerNetwork])
def test_networks_name_the_row_and_the_weight_that_is_no_number(network):
    net = network(
        circuit=MAP.compose(ANSATZ), input_params=MAP.parameters, weight_params=ANSATZ.parameters
    )
    with pytest.raises(DataError, match="input_data, row 1, column 0 is nan"):
        net.forward(holed(np.nan), np.zeros(4))
    with pytest.raises(DataError, match="weights, entry 2 is inf"):
        net.backward(X, np.array([0, 0, np.inf, 0]))


@pytest.mark.parametrize("table", [X.astype(object), X.tolist(), pd.DataFrame(X).astype(object)])
def test_tables_of_other_types_have_the_same_kernel(table):
    kernel = FidelityKernel(feature_map=MAP)
    np.testing.assert_array_equal(kernel.evaluate(table), kernel.evaluate(X))


def test_a_row_without_a_state_is_named():
    a = Parameter("a")
    circuit = QuantumCircuit(1)
    circuit.ry(a.log(), 0)
    with pytest.raises(CircuitError, match=r"row 2: .* not finite"):
        FidelityKernel(feature_map=circuit).evaluate([[1.0], [2.0], [-3.0]])


def test_maps_without_inputs_are_refused():
    constant = QuantumCircuit(2)
    constant.h(0)
    with pytest.raises(CircuitError, match="has no inputs"):
        FidelityKernel(feature_map=constant).evaluate(np.zeros((3, 0)))
    trained = TrainableFidelityKernel(feature_map=ANSATZ, training_parameters=ANSATZ.parameters)
    with pytest.raises(CircuitError, match="has no inputs"):
        trained.evaluate(X)


@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda k: pickle.loads(pickle.dumps(k))]
)
def test_copies_compile_nothing(kind, copied):
    kernel = kind(feature_map=MAP)
    expected = kernel.evaluate(X)
    with jax.no_tracing():
        np.testing.assert_array_equal(copied(kernel).evaluate(X), expected)
        clone_ = clone(kernel, safe=False)
        np.testing.assert_array_equal(clone_.evaluate(X), expected)
