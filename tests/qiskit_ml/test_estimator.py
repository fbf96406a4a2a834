"""The estimator network: the library's values, derivatives, shapes and errors."""

import copy
import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit.quantum_info import Pauli, SparseObservable, SparsePauliOp
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.algorithms import NeuralNetworkClassifier, NeuralNetworkRegressor
from qiskit_machine_learning.circuit.library import qnn_circuit
from qiskit_machine_learning.gradients import ParamShiftEstimatorGradient
from qiskit_machine_learning.neural_networks import EffectiveDimension, EstimatorQNN, NeuralNetwork
from qiskit_machine_learning.optimizers import COBYLA, L_BFGS_B
from qiskit_machine_learning.primitives import QMLEstimator

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml import EstimatorNetwork

MAP, ANSATZ = zz_feature_map(2, 1), real_amplitudes(2, reps=1)
CIRCUIT = MAP.compose(ANSATZ)
OBSERVABLES = [SparsePauliOp.from_list([("ZZ", 0.5), ("XI", 2)]), SparsePauliOp("IY")]
RANDOM = np.random.default_rng(1)
X, THETA = RANDOM.normal(size=(3, 2)), RANDOM.normal(size=4)


def build(kind=EstimatorNetwork, circuit=CIRCUIT, **more):
    parts = {"input_params": MAP.parameters, "weight_params": ANSATZ.parameters}
    return kind(circuit=circuit, **parts | more)


@pytest.fixture(scope="module")
def pair():
    return [
        build(kind, observables=OBSERVABLES, input_gradients=True)
        for kind in (EstimatorNetwork, EstimatorQNN)
    ]


@pytest.mark.parametrize("x", [X, X[0], X[:1], X[None, :, None]], ids=str)
def test_values_derivatives_and_shapes_of_the_library(pair, x):
    ours, theirs = pair
    pairs = [
        (ours.forward(x, THETA), theirs.forward(x, THETA)),
        *zip(ours.backward(x, THETA), theirs.backward(x, THETA), strict=True),
    ]
    for got, expected in pairs:
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("split", [(2, 0), (0, 2), (1, 1), (0, 0)])
def test_parts_that_a_network_does_not_have(split):
    parameters = ParameterVector("p", 2)
    circuit = QuantumCircuit(1)
    circuit.ry(parameters[0] if sum(split) else 0.3, 0)
    circuit.rx(parameters[1] if sum(split) else 0.4, 0)
    parts = {
        "input_params": parameters[: split[0]] or None,
        "weight_params": parameters[split[0] : sum(split)] or None,
    }
    x = np.array([[0.1, 0.7]])[:, : split[0]] if split[0] else None
    theta = [0.5, 0.2][: split[1]] or None
    for wanted in (False, True):
        ours, theirs = (
            kind(circuit=circuit, input_gradients=wanted, **parts)
            for kind in (EstimatorNetwork, EstimatorQNN)
        )
        np.testing.assert_allclose(ours.forward(x, theta), theirs.forward(x, theta), atol=1e-12)
        for got, expected in zip(ours.backward(x, theta), theirs.backward(x, theta), strict=True):
            assert (got is None) == (expected is None)
            if got is not None:
                np.testing.assert_allclose(got, expected, atol=1e-12)


def test_input_gradients_can_be_switched():
    network = build()
    assert network.backward(X, THETA)[0] is None
    network.input_gradients = True
    assert network.backward(X, THETA)[0].shape == (3, 1, 2)


def test_order_of_parameters_is_that_of_the_arguments():
    weight, inputs = Parameter("a"), [Parameter("z"), Parameter("b")]
    circuit = QuantumCircuit(2)
    circuit.ry(weight, 0)
    circuit.rx(inputs[0], 0)
    circuit.rx(inputs[1], 1)
    numbers = [
        kind(circuit=circuit, input_params=inputs, weight_params=[weight]).forward([2, 33], [3])
        for kind in (EstimatorNetwork, EstimatorQNN)
    ]
    np.testing.assert_allclose(*numbers, atol=1e-12)


@pytest.mark.parametrize(
    "observable", [Pauli("ZX"), "ZX", SparseObservable("XZ"), SparsePauliOp("ZX"), {"ZX": 2.0}]
)
def test_observables_of_every_type_that_estimators_take(observable):
    numbers = [
        build(kind, observables=[observable]).forward(X, THETA)
        for kind in (EstimatorNetwork, EstimatorQNN)
    ]
    np.testing.assert_allclose(*numbers, atol=1e-12)


def test_properties_are_the_library_s():
    network = build(observables=OBSERVABLES)
    assert isinstance(network, NeuralNetwork)
    assert network.circuit == CIRCUIT
    assert network.observables == OBSERVABLES
    assert network.input_params == list(MAP.parameters)
    assert network.weight_params == list(ANSATZ.parameters)
    assert (network.num_inputs, network.num_weights, network.output_shape) == (2, 4, (2,))
    assert (network.sparse, network.input_gradients) == (False, False)
    assert (network.estimator, network.gradient) == (None, None)
    assert network.default_precision == 0.015625


def test_the_library_s_composed_circuit():
    circuit, inputs, weights = qnn_circuit(feature_map=MAP, ansatz=ANSATZ)
    network = EstimatorNetwork(circuit=circuit, input_params=inputs, weight_params=weights)
    np.testing.assert_allclose(network.forward(X, THETA), build().forward(X, THETA), atol=1e-12)


def test_an_estimator_that_is_given_or_set_is_used():
    class Counting(QMLEstimator):
        runs = 0

        def run(self, pubs, **how):
            Counting.runs += 1
            return super().run(pubs, **how)

    network = build(estimator=Counting())
    exact = build()
    np.testing.assert_allclose(network.forward(X, THETA), exact.forward(X, THETA), atol=1e-9)
    assert Counting.runs == 1
    assert isinstance(network.gradient, ParamShiftEstimatorGradient)
    np.testing.assert_allclose(
        network.backward(X, THETA)[1], exact.backward(X, THETA)[1], atol=1e-9
    )
    network.estimator, network.gradient, before = None, None, Counting.runs
    network.forward(X, THETA)
    network.backward(X, THETA)
    assert Counting.runs == before


def test_classifier_and_regressor_train_it():
    labels = np.sign(X[:, 0] - X[:, 0].mean())
    for trained in (
        NeuralNetworkClassifier(build(), optimizer=COBYLA(maxiter=8)),
        NeuralNetworkRegressor(build(), optimizer=L_BFGS_B(maxiter=3)),
    ):
        answers = trained.fit(X, labels).predict(X)
        loaded = pickle.loads(pickle.dumps(trained))
        np.testing.assert_array_equal(loaded.predict(X), answers)


def test_copies_share_what_is_compiled():
    network = build()
    assert copy.deepcopy(network)._exact() is network._exact()


def test_effective_dimension_takes_it():
    dimensions = [
        EffectiveDimension(build(kind), THETA[None], X).get_effective_dimension(100)
        for kind in (EstimatorNetwork, EstimatorQNN)
    ]
    np.testing.assert_allclose(*dimensions, rtol=1e-6)


@pytest.mark.parametrize("x", [[1.0], [[1.0, 2.0, 3.0]], 1.0, None])
def test_wrong_inputs_are_the_library_s_error(x):
    with pytest.raises(QiskitMachineLearningError, match="inputs"):
        build().forward(x, THETA)


def test_wrong_weights():
    with pytest.raises(ValueError, match="reshape"):
        build().forward(X, THETA[:2])
    with pytest.raises(QiskitMachineLearningError, match="4 weights, got 2 and 0"):
        build().forward(X, None)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"input_params": [Parameter("other")]}, ValueError, "does not match"),
        ({"weight_params": [Parameter(str(k)) for k in range(4)]}, ValueError, "not present"),
        ({"observables": SparsePauliOp("ZZZ")}, QiskitMachineLearningError, "2 qubits"),
    ],
)
def test_wrong_arguments(wrong, error, message):
    with pytest.raises(error, match=message):
        build(**wrong)


def test_a_circuit_that_is_not_unitary_is_named():
    measured = CIRCUIT.copy("measured")
    measured.measure_all()
    with pytest.raises(CircuitError, match="'measured'"):
        build(circuit=measured)
