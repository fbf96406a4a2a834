"""The sampler network: the library's probabilities, derivatives, shapes and errors."""

import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit.exceptions import MissingOptionalLibraryError
from qiskit.quantum_info import Statevector
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.algorithms import NeuralNetworkClassifier
from qiskit_machine_learning.neural_networks import NeuralNetwork, SamplerQNN
from qiskit_machine_learning.optimizers import COBYLA
from qiskit_machine_learning.primitives import QMLSampler

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml import SamplerNetwork

MAP, ANSATZ = zz_feature_map(2, 1), real_amplitudes(2, reps=1)
CIRCUIT = MAP.compose(ANSATZ)
RANDOM = np.random.default_rng(1)
X, THETA = RANDOM.normal(size=(3, 2)), RANDOM.normal(size=4)


def parity(outcome):
    return outcome.bit_count() % 2


def in_order(x, theta):
    """Values by parameter: Qiskit's order of names is not inputs first."""
    return dict(zip([*MAP.parameters, *ANSATZ.parameters], [*x, *theta], strict=True))


def square(outcome):
    return np.array([outcome % 2, 2 * (outcome // 2)])


MEANINGS = {
    "outcomes": {},
    "parity": {"interpret": parity, "output_shape": 2},
    "a table": {"interpret": square, "output_shape": (2, 3)},
}


def build(kind=SamplerNetwork, circuit=CIRCUIT, **more):
    parts = {"input_params": MAP.parameters, "weight_params": ANSATZ.parameters}
    return kind(circuit=circuit, **parts | more)


@pytest.mark.parametrize("meaning", MEANINGS.values(), ids=MEANINGS)
def test_values_derivatives_and_shapes_of_the_library(meaning):
    ours, theirs = (
        build(kind, input_gradients=True, **meaning) for kind in (SamplerNetwork, SamplerQNN)
    )
    for x in (X, X[0], X[None]):
        pairs = [
            (ours.forward(x, THETA), theirs.forward(x, THETA)),
            *zip(ours.backward(x, THETA), theirs.backward(x, THETA), strict=True),
        ]
        for got, expected in pairs:
            assert got.shape == expected.shape
            np.testing.assert_allclose(got, expected, atol=1e-12)


def test_measured_qubits_in_their_order():
    circuit = QuantumCircuit(2, 2)
    circuit.compose(CIRCUIT, inplace=True)
    circuit.measure([0, 1], [1, 0])
    states = [Statevector(CIRCUIT.assign_parameters(in_order(x, THETA))) for x in X]
    expected = [state.probabilities([1, 0]) for state in states]
    np.testing.assert_allclose(build(circuit=circuit).forward(X, THETA), expected, atol=1e-12)


def test_one_measured_qubit_has_two_outcomes():
    circuit = QuantumCircuit(2, 1)
    circuit.compose(CIRCUIT, inplace=True)
    circuit.measure(1, 0)
    whole = build().forward(X, THETA)
    expected = np.stack([whole[:, 0] + whole[:, 1], whole[:, 2] + whole[:, 3]], 1)
    got = build(circuit=circuit).forward(X, THETA)
    np.testing.assert_allclose(got[:, :2], expected, atol=1e-12)
    np.testing.assert_array_equal(got[:, 2:], 0)


def test_without_any_parameters():
    circuit = QuantumCircuit(1)
    circuit.ry(1.0, 0)
    network = SamplerNetwork(circuit=circuit, input_gradients=True)
    np.testing.assert_allclose(
        network.forward(None, None), [[np.cos(0.5) ** 2, np.sin(0.5) ** 2]], atol=1e-12
    )
    assert network.backward(None, None) == (None, None)


def test_the_meaning_can_be_changed():
    network = build()
    assert network.forward(X, THETA).shape == (3, 4)
    network.set_interpret(parity, 2)
    assert (network.output_shape, network.interpret) == ((2,), parity)
    expected = build(**MEANINGS["parity"]).forward(X, THETA)
    np.testing.assert_array_equal(network.forward(X, THETA), expected)


def test_properties_are_the_library_s():
    network = build()
    assert isinstance(network, NeuralNetwork)
    assert network.circuit == CIRCUIT
    assert network.input_params == list(MAP.parameters)
    assert network.weight_params == list(ANSATZ.parameters)
    assert (network.num_inputs, network.num_weights, network.output_shape) == (2, 4, (4,))
    assert (network.sparse, network.input_gradients) == (False, False)
    assert (network.sampler, network.gradient) == (None, None)


def test_a_sampler_that_is_given_is_used():
    network = build(sampler=QMLSampler(shots=100, seed=1), **MEANINGS["parity"])
    drawn = network.forward(X, THETA)
    np.testing.assert_allclose(drawn * 100, np.round(drawn * 100), atol=1e-9)
    network.sampler = None
    exact = network.forward(X, THETA)
    assert 0 < np.abs(exact - drawn).max() < 0.3


def test_the_classifier_trains_it():
    labels = np.array([0, 1, 0])
    network = build(**MEANINGS["parity"])
    trained = NeuralNetworkClassifier(network, "cross_entropy", True, COBYLA(maxiter=8))
    answers = trained.fit(X, labels).predict(X)
    loaded = pickle.loads(pickle.dumps(trained))
    np.testing.assert_array_equal(loaded.predict(X), answers)


def test_sparse_results_hold_the_same_numbers():
    sparse = pytest.importorskip("sparse")
    dense, thin = (build(sparse=how, input_gradients=True) for how in (False, True))
    results = [thin.forward(X, THETA), *thin.backward(X, THETA)]
    for got, expected in zip(
        results, [dense.forward(X, THETA), *dense.backward(X, THETA)], strict=True
    ):
        assert isinstance(got, sparse.SparseArray)
        np.testing.assert_array_equal(got.todense(), expected)


def test_sparse_without_its_package_is_the_library_s_error(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sparse", None)
    from qiskit_machine_learning import optionals

    monkeypatch.setattr(optionals.HAS_SPARSE, "_bool", None)
    with pytest.raises(MissingOptionalLibraryError):
        build(sparse=True)


def test_an_outcome_outside_the_shape_is_named():
    with pytest.raises(QiskitMachineLearningError, match=r"outcome 2 .* \[2\].* \(2,\)"):
        build(interpret=lambda outcome: outcome, output_shape=2).forward(X, THETA)
    with pytest.raises(QiskitMachineLearningError, match="No output shape"):
        build(interpret=parity)


def test_a_gate_after_a_measurement_is_named():
    late = CIRCUIT.copy()
    late.measure_all()
    late.x(0)
    with pytest.raises(CircuitError, match="follows a measurement"):
        build(circuit=late).forward(X, THETA)
