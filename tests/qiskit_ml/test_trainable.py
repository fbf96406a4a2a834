"""Trained kernels: the library's numbers for every weight, and none compiles anew."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import zz_feature_map
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.algorithms import QSVC
from qiskit_machine_learning.kernels import TrainableFidelityStatevectorKernel, TrainableKernel
from qiskit_machine_learning.kernels.algorithms import QuantumKernelTrainer
from qiskit_machine_learning.optimizers import SPSA
from qiskit_machine_learning.primitives import QMLSampler
from qiskit_machine_learning.state_fidelities import ComputeUncompute

from fewqubit.qiskit_ml import TrainableFidelityKernel, TrainableProjectedKernel
from fewqubit.qiskit_ml.compiled import Compiled

DATA, MIDDLE = zz_feature_map(2, 1), zz_feature_map(2, 1, parameter_prefix="θ")
WHOLE, TRAINED = DATA.compose(MIDDLE).compose(DATA), MIDDLE.parameters
ROWS = np.random.default_rng(0).uniform(0, 6, (8, 2))
LABELS = np.array([0, 1] * 4)


def build(kind=TrainableFidelityKernel, **more):
    return kind(feature_map=WHOLE, training_parameters=TRAINED, **more)


def test_numbers_of_the_library_for_every_weight(monkeypatch):
    built, init = [], Compiled.__init__
    monkeypatch.setattr(Compiled, "__init__", lambda *args: built.append(1) or init(*args))
    ours, theirs = build(), build(TrainableFidelityStatevectorKernel)
    for values in ([0.1, 0.7], {TRAINED[1]: -2.0}, np.array([3.0, 1.0])):
        for kernel in (ours, theirs):
            kernel.assign_training_parameters(values)
        for rows in [(ROWS,), (ROWS[:3], ROWS)]:
            expected = theirs.evaluate(*rows)
            np.testing.assert_allclose(ours.evaluate(*rows), expected, atol=1e-12)
    assert len(built) == 1


@pytest.mark.parametrize("kind", [TrainableFidelityKernel, TrainableProjectedKernel])
def test_the_trainer_takes_it(kind):
    kernel = build(kind)
    assert isinstance(kernel, TrainableKernel)
    assert (kernel.num_features, kernel.num_training_parameters) == (2, 2)
    trainer = QuantumKernelTrainer(kernel, optimizer=SPSA(maxiter=2), initial_point=[0.1, 0.2])
    result = trainer.fit(ROWS, LABELS)
    np.testing.assert_array_equal(kernel.parameter_values, result.optimal_point)
    machine = QSVC(quantum_kernel=result.quantum_kernel).fit(ROWS, LABELS)
    assert machine.score(ROWS, LABELS) >= 0.5


@pytest.mark.parametrize("kind", [TrainableFidelityKernel, TrainableProjectedKernel])
def test_what_is_not_bound_is_an_error(kind):
    kernel = build(kind)
    with pytest.raises(QiskitMachineLearningError, match="has not been bound"):
        kernel.evaluate(ROWS)
    with pytest.raises(ValueError, match="number of given parameters"):
        kernel.assign_training_parameters([1.0])
    with pytest.raises(ValueError, match="not a trainable parameter"):
        kernel.assign_training_parameters({Parameter("other"): 1.0})


def test_fewer_weights_than_inputs_of_any_name():
    circuit = QuantumCircuit(2)
    weight, inputs = Parameter("a"), [Parameter("b"), Parameter("c")]
    circuit.ry(weight, [0, 1])
    circuit.rx(inputs[0], 0)
    circuit.rx(inputs[1], 1)
    numbers = []
    for kind in (TrainableFidelityKernel, TrainableFidelityStatevectorKernel):
        kernel = kind(feature_map=circuit, training_parameters=[weight])
        kernel.assign_training_parameters([0.4])
        numbers.append(kernel.evaluate(ROWS))
    np.testing.assert_allclose(*numbers, atol=1e-12)


def test_shots_and_a_fidelity_work_as_in_the_plain_kernel():
    sampled, run = build(shots=20, seed=0), build(fidelity=ComputeUncompute(QMLSampler()))
    exact = build()
    for kernel in (sampled, run, exact):
        kernel.assign_training_parameters([0.3, 0.4])
    np.testing.assert_allclose(run.evaluate(ROWS), exact.evaluate(ROWS), atol=1e-9)
    gram = sampled.evaluate(ROWS)
    np.testing.assert_array_equal(gram, gram.T)
    assert np.any(gram != exact.evaluate(ROWS))
