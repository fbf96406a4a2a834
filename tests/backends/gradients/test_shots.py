"""Estimates from shots inside JAX: means, variances and derivatives against the exact ones."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.backends.gradients.shots import FromShots, from_shots, sampled
from fewqubit.compiler import compile
from fewqubit.errors import CircuitError, SettingsError
from fewqubit.states import fidelity_gram, pauli_z_expectations, probabilities

SHOTS, KEYS = 64, jax.random.split(jax.random.key(1), 600)
X, THETA = jnp.array([0.4, 0.8]), jnp.array([0.5, -0.8])
ROWS = jnp.array([[0.3, 0.7], [0.1, -0.4], [1.0, 0.2]])
x, theta = ParameterVector("a", 2), ParameterVector("b", 2)


@cache
def circuit() -> QuantumCircuit:
    """A parameter in an expression with another, a square, and a controlled rotation."""
    made = QuantumCircuit(2)
    made.ry(x[0] * theta[0], 0)
    made.h(1)
    made.rzz(x[1] ** 2, 0, 1)
    made.cry(theta[1], 0, 1)
    return made


@cache
def estimates() -> FromShots:
    return from_shots(circuit(), x, theta, [SparsePauliOp("IZ"), SparsePauliOp("ZI")], SHOTS)


def readings(key: jax.Array, inputs: jax.Array, weights: jax.Array) -> jax.Array:
    return estimates().readings(key, estimates().angles(inputs, weights))


exact = compile(circuit(), x, theta)


def truth(inputs: jax.Array, weights: jax.Array) -> jax.Array:
    return pauli_z_expectations(exact(inputs, weights))


def agree(found: jax.Array, expected: jax.Array) -> None:
    """The mean over the keys is the expectation, to three standard errors."""
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - expected) < 3 * error + 1e-5).all()


def test_values_and_derivatives_are_unbiased_and_vary_as_shots_do() -> None:
    """Var Ê = (1 − E²)/shots; by an angle of frequency 1, the sum of its two shifts' over 4."""

    def both(key: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        return readings(key, X, THETA), jax.jacrev(readings, (1, 2))(key, X, THETA)

    values, slopes = jax.jit(jax.vmap(both))(KEYS)
    agree(values, truth(X, THETA))
    jax.tree.map(agree, slopes, jax.jacrev(truth, (0, 1))(X, THETA))
    variance = (1 - truth(X, THETA) ** 2) / SHOTS
    np.testing.assert_allclose(values.var(axis=0) / variance, 1, atol=0.25)
    there = (truth(X.at[0].add(side * jnp.pi / 2 / THETA[0]), THETA)[0] for side in (1, -1))
    expected = sum((1 - value**2) / SHOTS for value in there) / 4 * THETA[0] ** 2
    np.testing.assert_allclose(slopes[0][:, 0, 0].var() / expected, 1, atol=0.25)


def test_second_derivatives_are_those_of_shifts_of_shifts() -> None:
    turned = QuantumCircuit(1)
    turned.ry(theta[0], 0)
    reading = sampled(turned, (), theta[:1], [SparsePauliOp("Z")], SHOTS)
    curve = jax.grad(jax.grad(lambda t, key: reading(key, jnp.zeros(0), t[None])[0]))
    found = jax.jit(jax.vmap(curve, (None, 0)))(0.7, KEYS)
    agree(found, -np.cos(0.7))
    assert found.std() > 0.01


def test_shares_of_outcomes_have_derivatives_too() -> None:
    def shares(key: jax.Array, weights: jax.Array) -> jax.Array:
        return estimates().shares(key, estimates().angles(X, weights))

    along = jnp.array([0.3, 1.0])
    values, slopes = jax.jit(
        jax.vmap(lambda key: jax.jvp(lambda own: shares(key, own), (THETA,), (along,)))
    )(KEYS)
    agree(values, probabilities(exact(X, THETA)))
    agree(slopes, jax.jvp(lambda own: probabilities(exact(X, own)), (THETA,), (along,))[1])
    np.testing.assert_allclose(values.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(values * SHOTS, np.rint(values * SHOTS), atol=1e-4)


def test_kernel_entries_are_unbiased_and_a_gram_matrix_is_one() -> None:
    def gram(key: jax.Array, weights: jax.Array) -> jax.Array:
        angles = jax.vmap(estimates().angles, (0, None))(ROWS, weights)
        return estimates().kernel(key, angles, angles)

    def expected(weights: jax.Array) -> jax.Array:
        return fidelity_gram(jax.vmap(exact, (0, None))(ROWS, weights))

    def both(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        return gram(key, THETA), jax.jacrev(gram, 1)(key, THETA)

    values, slopes = jax.jit(jax.vmap(both))(KEYS)
    agree(values, expected(THETA))
    agree(slopes, jax.jacrev(expected)(THETA))
    np.testing.assert_array_equal(values, values.swapaxes(1, 2))
    np.testing.assert_array_equal(np.diagonal(values, axis1=1, axis2=2), 1)


def test_certain_outcomes_are_certain_and_keys_decide() -> None:
    turned = QuantumCircuit(2)
    turned.rx(theta[0], 0)
    made = from_shots(turned, (), theta[:1], [SparsePauliOp("IZ")], 7)
    np.testing.assert_array_equal(made.readings(KEYS[0], jnp.array([0.0])), [1])
    np.testing.assert_array_equal(made.shares(KEYS[0], jnp.array([jnp.pi])), [0, 1, 0, 0])
    half = jnp.array([jnp.pi / 2])
    first, again, other = (made.readings(KEYS[k], half) for k in (0, 0, 1))
    assert first == again != other
    assert made.shifted == 2


def test_refusals_say_what_was_expected() -> None:
    with pytest.raises(SettingsError, match="from 1, got 0"):
        sampled(circuit(), x, theta, [SparsePauliOp("ZI")], 0)
    with pytest.raises(CircuitError, match="2 qubits, got one on 1"):
        sampled(circuit(), x, theta, [SparsePauliOp("Z")], 10)
