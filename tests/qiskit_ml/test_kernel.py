"""The kernels give the library's numbers, and take the place of the library's kernels."""

import pickle
import warnings

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import ZZFeatureMap, z_feature_map, zz_feature_map
from qiskit_machine_learning import QiskitMachineLearningError
from qiskit_machine_learning.algorithms import QSVC, QSVR, PegasosQSVC
from qiskit_machine_learning.kernels import (
    BaseKernel,
    FidelityQuantumKernel,
    FidelityStatevectorKernel,
)
from qiskit_machine_learning.primitives import QMLSampler
from qiskit_machine_learning.state_fidelities import ComputeUncompute
from qiskit_machine_learning.utils import algorithm_globals
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml import FidelityKernel, ProjectedKernel, compiled
from fewqubit.qiskit_ml.compiled import Compiled
from fewqubit.states.kernels import projected_cross, projected_features

MAP = zz_feature_map(2)
RANDOM = np.random.default_rng(7)
ROWS, OTHERS = RANDOM.uniform(0, 2 * np.pi, (12, 2)), RANDOM.uniform(0, 2 * np.pi, (5, 2))
LABELS = (FidelityStatevectorKernel(feature_map=MAP).evaluate(ROWS)[0] > 0.3).astype(int)


@pytest.fixture(scope="module")
def kernel():
    return FidelityKernel(feature_map=MAP)


@pytest.mark.parametrize("theirs", [FidelityStatevectorKernel, FidelityQuantumKernel])
def test_numbers_of_the_library(kernel, theirs):
    reference = theirs(feature_map=MAP)
    for rows in [(ROWS,), (ROWS, ROWS), (OTHERS, ROWS), (ROWS[0],), (ROWS[0], OTHERS)]:
        expected = reference.evaluate(*rows)
        np.testing.assert_allclose(kernel.evaluate(*rows), expected, atol=1e-12)
        assert kernel.evaluate(*rows).dtype == expected.dtype


def test_no_rows_make_an_empty_matrix(kernel):
    assert kernel.evaluate(np.zeros((0, 2)), ROWS).shape == (0, 12)
    assert kernel.evaluate(np.zeros((0, 2))).shape == (0, 0)


def test_parameters_are_in_the_order_of_the_library():
    many = z_feature_map(11, reps=1)  # x[10] stands behind x[9], not behind x[1]
    rows = RANDOM.normal(size=(3, 11))
    np.testing.assert_allclose(
        FidelityKernel(feature_map=many).evaluate(rows),
        FidelityStatevectorKernel(feature_map=many).evaluate(rows),
        atol=1e-12,
    )


@given(st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_gram_is_symmetric_psd_with_unit_diagonal(kernel, rows):
    gram = kernel.evaluate(np.array(rows))
    np.testing.assert_array_equal(gram, gram.T)
    np.testing.assert_array_equal(np.diag(gram), 1.0)
    assert np.linalg.eigvalsh(gram).min() > -1e-12
    assert gram.min() >= 0


@pytest.mark.parametrize("machine", [QSVC, QSVR])
def test_library_machines_take_it(kernel, machine):
    ours = machine(quantum_kernel=kernel).fit(ROWS, LABELS)
    theirs = machine(quantum_kernel=FidelityStatevectorKernel(feature_map=MAP)).fit(ROWS, LABELS)
    np.testing.assert_allclose(ours.predict(OTHERS), theirs.predict(OTHERS), atol=1e-9)


def test_pegasos_takes_it(kernel):
    answers = []
    for some in (kernel, FidelityStatevectorKernel(feature_map=MAP)):
        algorithm_globals.random_seed = 3
        machine = PegasosQSVC(quantum_kernel=some, C=100, num_steps=30).fit(ROWS, LABELS)
        answers.append(machine.decision_function(OTHERS))
    np.testing.assert_allclose(*answers, atol=1e-9)


def test_scikit_learn_clones_searches_and_pickles_it_without_compiling_again(monkeypatch):
    kernel, built = FidelityKernel(feature_map=MAP), []
    machine = SVC(kernel=kernel.evaluate).fit(ROWS, LABELS)
    build = Compiled.__init__
    monkeypatch.setattr(Compiled, "__init__", lambda *args: built.append(1) or build(*args))
    search = GridSearchCV(clone(machine), {"C": [0.1, 10]}, cv=2).fit(ROWS, LABELS)
    clone(QSVC(quantum_kernel=kernel)).fit(ROWS, LABELS)
    pickled = pickle.dumps(search)
    assert pickle.loads(pickled) is not None
    assert not built
    compiled._ALIVE.clear()  # as in another process
    loaded, again = pickle.loads(pickled), pickle.loads(pickled)
    assert len(built) == 1
    np.testing.assert_array_equal(again.predict(OTHERS), search.predict(OTHERS))
    np.testing.assert_array_equal(loaded.predict(OTHERS), search.predict(OTHERS))


def test_sampled_kernel_is_repeatable_definite_and_near():
    exact = FidelityKernel(feature_map=MAP).evaluate(ROWS)

    def sampled(**how):
        return FidelityKernel(feature_map=MAP, shots=50, **how)

    raw = sampled(seed=1, enforce_psd=False).evaluate(ROWS)
    np.testing.assert_array_equal(raw, raw.T)
    np.testing.assert_array_equal(np.diag(raw), 1.0)
    assert np.linalg.eigvalsh(raw).min() < 0
    mended = sampled(seed=1).evaluate(ROWS, ROWS)
    assert np.linalg.eigvalsh(mended).min() > -1e-12
    assert np.abs(mended - exact).max() < 0.3
    cross = sampled(seed=2).evaluate(OTHERS, ROWS)
    assert set(np.unique(cross * 50 % 1).round(9)) == {0.0}
    again = sampled(seed=2)
    np.testing.assert_array_equal(again.evaluate(OTHERS, ROWS), cross)
    assert np.any(again.evaluate(OTHERS, ROWS) != cross)


def test_without_a_seed_the_library_s_seed_decides():
    draws = []
    for _ in range(2):
        algorithm_globals.random_seed = 5
        draws.append(FidelityKernel(feature_map=MAP, shots=9).evaluate(OTHERS, ROWS))
    np.testing.assert_array_equal(*draws)


def test_a_fidelity_that_is_given_is_run():
    sampler, runs = QMLSampler(), []
    run = sampler.run
    sampler.run = lambda pubs, **how: runs.append(len(pubs)) or run(pubs, **how)
    fidelity = ComputeUncompute(sampler=sampler)
    kernel = FidelityKernel(feature_map=MAP, fidelity=fidelity, evaluate_duplicates="all")
    exact = FidelityKernel(feature_map=MAP).evaluate(OTHERS)
    np.testing.assert_allclose(kernel.evaluate(OTHERS), exact, atol=1e-9)
    assert (kernel.fidelity, runs) == (fidelity, [15])


def test_projected_kernel_is_fewqubits_own():
    kernel = ProjectedKernel(feature_map=MAP, gamma=0.7)
    states = Compiled(MAP, MAP.parameters, (), lambda state: state)
    read = jax.jit(projected_features)
    features = [read(states.values(x, np.zeros(0))) for x in (OTHERS, ROWS)]
    expected = projected_cross(*features, 0.7)
    np.testing.assert_allclose(kernel.evaluate(OTHERS, ROWS), expected, atol=1e-5)
    gram = kernel.evaluate(ROWS)
    np.testing.assert_array_equal(np.diag(gram), 1.0)
    np.testing.assert_array_equal(gram, gram.T)
    assert SVC(kernel=kernel.evaluate).fit(ROWS, LABELS).score(ROWS, LABELS) > 0.5


def test_properties_are_the_library_s():
    kernel = FidelityKernel(feature_map=MAP, enforce_psd=False, evaluate_duplicates="none")
    assert isinstance(kernel, BaseKernel)
    assert (kernel.feature_map, kernel.num_features) == (MAP, 2)
    assert (kernel.enforce_psd, kernel.evaluate_duplicates) == (False, "none")
    assert (kernel.shots, kernel.fidelity) == (None, None)


def test_a_map_that_can_grow_grows_with_the_rows():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        growing = ZZFeatureMap(2)
    kernel = FidelityKernel(feature_map=growing)
    for width in (2, 3, 3, 2):
        assert kernel.evaluate(np.zeros((4, width))).shape == (4, 4)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"feature_map": None}, QiskitMachineLearningError),
        ({"evaluate_duplicates": "some"}, ValueError),
        ({"max_circuits_per_job": 0}, ValueError),
        ({"shots": 0}, QiskitMachineLearningError),
        ({"shots": 9, "fidelity": ComputeUncompute(QMLSampler())}, QiskitMachineLearningError),
    ],
)
def test_wrong_arguments(wrong, error):
    with pytest.raises(error):
        FidelityKernel(**{"feature_map": MAP} | wrong)


@pytest.mark.parametrize(
    "rows", [([[[0]]],), ([],), ([[1, 2, 3]],), ([[1, 2]], [[1, 2, 3]]), ([[1, 2]], [])]
)
def test_wrong_rows_are_the_library_s_errors(kernel, rows):
    with pytest.raises(ValueError, match=r"dimension|must be|shape"):
        kernel.evaluate(*map(np.asarray, rows))


def test_a_map_that_is_not_unitary_is_named():
    circuit = QuantumCircuit(1, name="broken")
    circuit.reset(0)
    with pytest.raises(CircuitError, match="'broken'"):
        FidelityKernel(feature_map=circuit).evaluate(np.zeros((1, 0)))
