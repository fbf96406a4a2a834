"""Rows in pieces are the same rows: states, first and second derivatives, on any cut."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler import pieces
from fewqubit.compiler.compiled import compile, compile_circuit
from fewqubit.compiler.pieces import in_pieces
from random_circuits import THETA, X, bound, circuits


@pytest.fixture
def always(monkeypatch):
    """Pieces of four rows of two qubits, however few rows there are."""
    monkeypatch.setattr(pieces, "PIECE", 16)
    monkeypatch.setattr(pieces, "WHOLE", 0)


@given(circuits(min_qubits=2, max_qubits=4, max_gates=10), st.integers(1, 9), st.integers(0, 99))
@settings(max_examples=8)
def test_rows_of_any_circuit_equal_their_statevectors(circuit, count, seed):
    random = np.random.default_rng(seed)
    x, theta = random.uniform(-2, 2, (count, 3)), random.uniform(-2, 2, 2)
    expected = [Statevector(bound(circuit, np.r_[row, theta])).data for row in x]
    with pytest.MonkeyPatch.context() as patch, jax.enable_x64(True):
        patch.setattr(pieces, "PIECE", 16)
        patch.setattr(pieces, "WHOLE", 0)
        state = compile(circuit, list(X), list(THETA), jnp.complex128)
        got = jax.jit(lambda x, theta: in_pieces(state, circuit.num_qubits, x, theta))
        np.testing.assert_allclose(got(x, theta), expected, atol=1e-12)


def test_first_and_second_derivatives_equal_those_of_one_batch(always):
    circuit = QuantumCircuit(2)
    circuit.rx(X[0] * THETA[0], 0)
    circuit.crx(X[1] + THETA[1], 0, 1)
    x, theta = np.random.default_rng(0).normal(size=(8, 3)), jnp.array([0.4, -1.2])
    with jax.enable_x64(True):
        state = compile(circuit, list(X), list(THETA), jnp.complex128)

        def derivatives(states):
            loss = lambda x, theta: jnp.sum(states(x, theta)[:, 1].real ** 3)  # noqa: E731
            first = jax.grad(loss, 1)
            twice = jax.grad(lambda x, theta: jnp.sum(first(x, theta) ** 2), (0, 1))
            return jax.jit(lambda *of: (jax.grad(loss)(*of), jax.hessian(loss, 1)(*of), twice(*of)))

        whole = derivatives(jax.vmap(state, (0, None)))(x, theta)
        cut = derivatives(partial(in_pieces, state, 2))(x, theta)
    for one, other in zip(jax.tree.leaves(whole), jax.tree.leaves(cut), strict=True):
        np.testing.assert_allclose(other, one, atol=1e-12)


def test_sets_of_rows_under_vmap_are_each_their_own(always):
    compiled = compile_circuit(FEATURE_MAPS["zz"](2, 1, 0.7))
    x, none = np.random.default_rng(1).normal(size=(3, 6, 2)).astype(np.float32), jnp.zeros(0)
    got = jax.jit(jax.vmap(compiled.states, (0, None)))(x, none)
    expected = jax.vmap(jax.vmap(compiled.state, (0, None)), (0, None))(x, none)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_few_rows_stay_one_batch_and_many_are_a_loop():
    compiled = compile_circuit(FEATURE_MAPS["angle"](12, 1, 1.0))

    def program(rows):
        shapes = jax.ShapeDtypeStruct((rows, 12), jnp.float32), jnp.zeros(0)
        return str(jax.make_jaxpr(compiled.states)(*shapes))

    assert "scan" not in program(128)
    assert "scan" in program(129)
