"""Every backend stops what is no number, and says where it knows no JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends import build_backend
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.config import Device
from fewqubit.errors import CircuitError, DataError

KEY, X, THETA = jax.random.key(0), np.array([[0.1, 0.2], [0.3, 0.4]]), np.zeros(0)
Z = [SparsePauliOp("ZI")]
WORDS = ["exact", "shots", "shots:aer"]


def evaluator(word, circuit=None):
    return build_backend(Device(backend=word))(circuit or FEATURE_MAPS["angle"](2, 1, 1.0))


@pytest.mark.parametrize("word", WORDS)
def test_rows_and_sizes_are_looked_at(word):
    backend, holed = evaluator(word), X * [[1.0], [np.nan]]
    with pytest.raises(DataError, match="x, row 1, column 0 is nan"):
        backend.gram(holed, THETA, KEY)
    with pytest.raises(DataError, match="right, row 1, column 0 is nan"):
        backend.cross(X, holed, THETA, KEY)
    with pytest.raises(DataError, match="x, row 1, column 0 is nan"):
        backend.expectations(holed, THETA, Z, KEY)
    with pytest.raises(CircuitError, match="x: expected rows of 2 values"):
        backend.gram(X[:, :1], THETA, KEY)
    with pytest.raises(CircuitError, match="θ: expected 0 values"):
        backend.gram(X, np.zeros(3), KEY)


@pytest.mark.parametrize("word", WORDS)
def test_operators_are_looked_at_and_none_is_no_column(word):
    backend = evaluator(word)
    assert backend.expectations(X, THETA, [], KEY).values.shape == (2, 0)
    for coefficient in (1j, np.nan, np.inf):
        with pytest.raises(CircuitError, match="real, finite coefficients"):
            backend.expectations(X, THETA, [SparsePauliOp("ZI", coefficient)], KEY)
    with pytest.raises(CircuitError, match="2 qubits, got one on 3"):
        backend.expectations(X, THETA, [SparsePauliOp("ZII")], KEY)


@pytest.mark.parametrize("word", WORDS[1:])
@pytest.mark.parametrize("transform", [jax.jit, jax.vmap, jax.grad])
def test_shots_know_no_transformation(word, transform):
    def loss(x):
        return evaluator(word).gram(x, THETA, KEY).values.sum()

    with pytest.raises(CircuitError, match="shots are drawn outside of JAX"):
        transform(loss)(jnp.stack([X]) if transform is jax.vmap else jnp.asarray(X))


def test_exact_values_under_jit_are_those_without():
    gram = lambda x: evaluator("exact").gram(x, jnp.zeros(0), KEY).values  # noqa: E731
    np.testing.assert_allclose(jax.jit(gram)(X), gram(X), atol=1e-6)


@pytest.mark.parametrize("word", WORDS[:2])
def test_a_row_without_a_state_is_named(word):
    circuit = QuantumCircuit(1)
    circuit.ry(ParameterVector("x", 1)[0].log(), 0)
    with pytest.raises(CircuitError, match=r"row 1|not finite"):
        evaluator(word, circuit).expectations([[1.0], [-1.0]], THETA, [SparsePauliOp("Z")], KEY)
