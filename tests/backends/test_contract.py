"""Every backend keeps the meaning of the evaluator; the exact one is Qiskit's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector, state_fidelity

from fewqubit.backends import Bill, build_backend, class_fidelities, total
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device

ROWS = np.random.default_rng(0).normal(size=(4, 3))
STATES = [Statevector(zz(3, 1, 0.5).assign_parameters(row)) for row in ROWS]
FIDELITIES = np.array([[state_fidelity(a, b) for b in STATES] for a in STATES])
OPERATORS = [SparsePauliOp(["ZII", "XYZ"], [0.5, -1]), SparsePauliOp("IXX")]
EXPECTATIONS = [[s.expectation_value(o).real for o in OPERATORS] for s in STATES]
NOTHING, KEY = jnp.zeros(0), jax.random.key(0)
TOLERANCE = {"exact": 1e-5, "shots": 0.04, "shots:aer": 0.04}


@pytest.fixture(scope="module", params=sorted(TOLERANCE))
def word(request):
    return request.param


@pytest.fixture(scope="module")
def evaluator(word):
    return build_backend(Device(backend=word, shots=4096))(zz(3, 1, 0.5))


def test_gram(word, evaluator):
    gram, bill = evaluator.gram(ROWS, NOTHING, KEY)
    np.testing.assert_allclose(gram, FIDELITIES, atol=TOLERANCE[word])
    np.testing.assert_array_equal(gram, np.transpose(gram))
    np.testing.assert_array_equal(np.diag(gram), 1)
    assert bill.circuits == (4 if word == "exact" else 6)
    assert bill.shots == (0 if word == "exact" else 6 * 4096)


def test_cross(word, evaluator):
    cross, bill = evaluator.cross(ROWS[:1], ROWS[1:], NOTHING, KEY)
    np.testing.assert_allclose(cross, FIDELITIES[:1, 1:], atol=TOLERANCE[word])
    assert bill.circuits == (4 if word == "exact" else 3)


def test_expectations(word, evaluator):
    values, _ = evaluator.expectations(ROWS, NOTHING, OPERATORS, KEY)
    np.testing.assert_allclose(values, EXPECTATIONS, atol=2 * TOLERANCE[word])


def test_class_fidelities(word, evaluator):
    membership = jnp.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    values, _ = class_fidelities(evaluator, ROWS[:1], ROWS[1:], membership, NOTHING, KEY)
    expected = [[(FIDELITIES[0, 1] + FIDELITIES[0, 3]) / 2, FIDELITIES[0, 2]]]
    np.testing.assert_allclose(values, expected, atol=TOLERANCE[word])


def test_the_same_key_gives_the_same_values(evaluator):
    first, again = (evaluator.gram(ROWS, NOTHING, KEY).values for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_bills_add_up():
    assert total([]) == Bill(0)
    assert total([Bill(3), Bill(2, 20, 7, 4), Bill(1, 10, 9, 3)]) == Bill(6, 30, 9, 4)
