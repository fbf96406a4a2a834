"""Circuits transpiled to a device's qubits: the numbers of the circuit before, or one line."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, transpile
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit.primitives import StatevectorSampler
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import CouplingMap
from qiskit_machine_learning import QiskitMachineLearningError

from fewqubit.qiskit_ml import EstimatorNetwork, SamplerNetwork

MAP, ANSATZ = zz_feature_map(2), real_amplitudes(2, reps=1)
CIRCUIT = MAP.compose(ANSATZ)
X, THETA = np.random.default_rng(0).normal(size=(3, 2)), 0.3 * np.arange(4) + 0.1
NAMES = {"input_params": list(MAP.parameters), "weight_params": list(ANSATZ.parameters)}
EXACT = SamplerNetwork(circuit=CIRCUIT, **NAMES).forward(X, THETA)


def on_line(circuit, layout, size=4):
    return transpile(
        circuit,
        coupling_map=CouplingMap.from_line(size),
        basis_gates=["rz", "sx", "x", "cx"],
        initial_layout=layout,
        optimization_level=1,
        seed_transpiler=1,
    )


def sampled(circuit):
    sampler = StatevectorSampler(default_shots=20_000, seed=1)
    return SamplerNetwork(circuit=circuit, sampler=sampler, **NAMES).forward(X, THETA)


@pytest.mark.parametrize("layout", [[0, 1], [3, 1], [1, 3]])
def test_measured_circuits_on_other_qubits_have_the_same_probabilities(layout):
    circuit = on_line(CIRCUIT.measure_all(inplace=False), layout)
    exact = SamplerNetwork(circuit=circuit, **NAMES).forward(X, THETA)
    np.testing.assert_allclose(exact, EXACT, atol=1e-9)
    np.testing.assert_allclose(sampled(circuit), EXACT, atol=0.02)


@pytest.mark.parametrize("registers", [["c"], ["a", "b"]])
def test_every_classical_register_is_read_row_by_row(registers):
    circuit = CIRCUIT.copy()
    sizes = {1: [2], 2: [1, 1]}[len(registers)]
    for name, size in zip(registers, sizes, strict=True):
        circuit.add_register(ClassicalRegister(size, name))
    circuit.measure([0, 1], [0, 1])
    np.testing.assert_allclose(SamplerNetwork(circuit=circuit, **NAMES).forward(X, THETA), EXACT)
    np.testing.assert_allclose(sampled(circuit), EXACT, atol=0.02)


def test_a_samplers_gradient_of_an_unmeasured_layout_is_refused():
    network = SamplerNetwork(
        circuit=on_line(CIRCUIT, [3, 1]), sampler=StatevectorSampler(seed=1), **NAMES
    )
    with pytest.raises(QiskitMachineLearningError, match="measured before it was transpiled"):
        network.backward(X, THETA)


@pytest.mark.parametrize("observables", [None, SparsePauliOp(["ZI", "XY"], [0.3, 0.7])])
def test_observables_follow_the_layout(observables):
    expected = EstimatorNetwork(circuit=CIRCUIT, observables=observables, **NAMES)
    circuit = on_line(CIRCUIT, [3, 1])
    placed = observables and observables.apply_layout(circuit.layout)
    found = EstimatorNetwork(circuit=circuit, observables=placed, **NAMES)
    np.testing.assert_allclose(found.forward(X, THETA), expected.forward(X, THETA), atol=1e-9)


def test_observables_that_may_mean_either_qubits_are_refused():
    circuit = on_line(CIRCUIT, [1, 0], size=2)
    with pytest.raises(QiskitMachineLearningError, match="apply_layout"):
        EstimatorNetwork(circuit=circuit, observables=SparsePauliOp("ZI"), **NAMES)
    with pytest.raises(QiskitMachineLearningError, match="apply_layout"):
        EstimatorNetwork(circuit=on_line(CIRCUIT, [3, 1]), observables=SparsePauliOp("ZI"), **NAMES)
    assert EstimatorNetwork(circuit=circuit, observables=SparsePauliOp("ZZ"), **NAMES)
