"""Every backend keeps the meaning of the evaluator; the exact one is Qiskit's."""

import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, Statevector, state_fidelity

from fewqubit.quantum.backends import BACKENDS
from fewqubit.quantum.feature_maps import zz

ROWS = np.random.default_rng(0).normal(size=(4, 3))
STATES = [Statevector(zz(3, 1, 0.5).assign_parameters(row)) for row in ROWS]
NOTHING = jnp.zeros(0)


@pytest.fixture(params=sorted(BACKENDS))
def evaluator(request):
    return BACKENDS[request.param](zz(3, 1, 0.5))


def test_gram_and_cross(evaluator):
    expected = [[state_fidelity(a, b) for b in STATES] for a in STATES]
    gram, cross = evaluator.gram(ROWS, NOTHING), evaluator.cross(ROWS[:1], ROWS[1:], NOTHING)
    np.testing.assert_allclose(gram.values, expected, atol=1e-5)
    np.testing.assert_allclose(cross.values, np.array(expected)[:1, 1:], atol=1e-5)
    assert gram.bill.circuits == cross.bill.circuits == 4
    assert gram.bill.shots == 0


def test_expectations(evaluator):
    operators = [SparsePauliOp(["ZII", "XYZ"], [0.5, -1]), SparsePauliOp("IXX")]
    expected = [[s.expectation_value(o).real for o in operators] for s in STATES]
    got = evaluator.expectations(ROWS, NOTHING, operators)
    np.testing.assert_allclose(got.values, expected, atol=1e-5)
