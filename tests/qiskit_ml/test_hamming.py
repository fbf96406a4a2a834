"""The kernel of all outcomes, beside its formula in Qiskit's operators and beside the fidelity."""

import numpy as np
import pytest
from qiskit.circuit.library import zz_feature_map
from qiskit.quantum_info import Operator
from qiskit_machine_learning import QiskitMachineLearningError
from sklearn.svm import SVC

from fewqubit.qiskit_ml import FidelityKernel, HammingKernel

MAP = zz_feature_map(2)
ROWS = np.random.default_rng(0).uniform(0, 2 * np.pi, (6, 2))
EXACT = HammingKernel(feature_map=MAP, flip_weight=0.4, enforce_psd=False)


def test_numbers_of_the_formula():
    unitaries = [Operator(MAP.assign_parameters(row)).data for row in ROWS]
    columns = np.array([[(b.conj().T @ a)[:, 0] for b in unitaries] for a in unitaries])
    one_way = np.abs(columns) ** 2 @ 0.4 ** np.array([0, 1, 1, 2])
    expected = (one_way + one_way.T) / 2
    np.testing.assert_allclose(EXACT.evaluate(ROWS), expected, atol=1e-10)
    np.testing.assert_allclose(EXACT.evaluate(ROWS[:2], ROWS), expected[:2], atol=1e-10)


def test_without_weight_of_flips_it_is_the_fidelity():
    none = HammingKernel(feature_map=MAP, flip_weight=0.0).evaluate(ROWS)
    fidelity = FidelityKernel(feature_map=MAP).evaluate(ROWS)
    np.testing.assert_allclose(none, fidelity, atol=1e-10)


def test_shots_are_unbiased_and_mirrored():
    kernel = HammingKernel(feature_map=MAP, flip_weight=0.4, enforce_psd=False, shots=200, seed=1)
    found = np.stack([kernel.evaluate(ROWS) for _ in range(100)])
    error = found.std(axis=0, ddof=1) / 10
    assert (np.abs(found.mean(axis=0) - EXACT.evaluate(ROWS)) <= 4.5 * error + 1e-12).all()
    np.testing.assert_array_equal(found, found.swapaxes(1, 2))


def test_a_support_vector_machine_takes_it():
    kernel = HammingKernel(feature_map=MAP)
    gram = kernel.evaluate(ROWS)
    assert np.linalg.eigvalsh(gram).min() > -1e-9
    labels = np.array([0, 1, 0, 1, 1, 0])
    assert SVC(kernel=kernel, C=1e3).fit(ROWS, labels).score(ROWS, labels) == 1


@pytest.mark.parametrize("wrong", [{"flip_weight": 1.0}, {"flip_weight": -0.1}, {"shots": 0}])
def test_refusals_say_what_was_expected(wrong):
    with pytest.raises(QiskitMachineLearningError, match=f"{next(iter(wrong))}: expected"):
        HammingKernel(feature_map=MAP, **wrong)
