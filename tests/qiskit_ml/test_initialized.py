"""raw_feature_vector: the numbers of the library's state vectors, and their derivatives."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import real_amplitudes
from qiskit_machine_learning.circuit.library import raw_feature_vector
from qiskit_machine_learning.kernels import FidelityStatevectorKernel

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml import EstimatorNetwork, FidelityKernel

X = np.array([[1.0, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], [0.3, -2.0, 0.1, 1.0]])


def test_the_kernel_of_amplitudes():
    ours = FidelityKernel(feature_map=raw_feature_vector(4)).evaluate(X)
    library = FidelityStatevectorKernel(feature_map=raw_feature_vector(4)).evaluate(X)
    np.testing.assert_allclose(ours, library, atol=1e-10)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    np.testing.assert_allclose(ours, (unit @ unit.T) ** 2, atol=1e-10)


def test_amplitudes_on_some_of_the_qubits_behind_a_gate_on_another():
    raw, circuit = raw_feature_vector(4), QuantumCircuit(3)
    circuit.h(1)
    circuit.compose(raw, [2, 0], inplace=True)
    circuit.cx(0, 1)
    circuit.ry(0.3, 2)
    ours = FidelityKernel(feature_map=circuit).evaluate(X)
    library = FidelityStatevectorKernel(feature_map=circuit).evaluate(X)
    np.testing.assert_allclose(ours, library, atol=1e-10)


def test_derivatives_by_amplitudes_and_weights_equal_finite_differences():
    raw, ansatz = raw_feature_vector(4), real_amplitudes(2, reps=1)
    network = EstimatorNetwork(
        circuit=raw.compose(ansatz),
        input_params=raw.parameters,
        weight_params=ansatz.parameters,
        input_gradients=True,
    )
    theta = np.array([0.2, -0.4, 1.0, 0.3])
    by_x, by_theta = network.backward(X, theta)
    step = 1e-6
    for k, shift in enumerate(step * np.eye(4)):
        slope = network.forward(X + shift, theta) - network.forward(X - shift, theta)
        np.testing.assert_allclose(by_x[:, :, k], slope / (2 * step), atol=1e-7)
        slope = network.forward(X, theta + shift) - network.forward(X, theta - shift)
        np.testing.assert_allclose(by_theta[:, :, k], slope / (2 * step), atol=1e-7)


def test_a_row_of_zeros_has_no_state_and_a_touched_qubit_takes_none():
    with pytest.raises(CircuitError, match="row 1"):
        FidelityKernel(feature_map=raw_feature_vector(4)).evaluate([[1, 0, 0, 0], [0, 0, 0, 0]])
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.compose(raw_feature_vector(4), inplace=True)
    with pytest.raises(CircuitError, match="nothing has touched"):
        FidelityKernel(feature_map=circuit).evaluate(X)
