"""A circuit in two halves is the circuit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.compiler.halves import compile_halves
from random_circuits import THETA, X, bound, circuits, values

KEYS = jax.random.split(jax.random.key(0))


@given(circuits(), values)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_any_circuit_equals_its_statevector_in_two_steps(circuit, numbers):
    with jax.enable_x64(True):
        begin, finish = compile_halves(circuit, list(X), list(THETA), jnp.complex128)
        state = jax.jit(lambda x, theta: finish(begin(x), theta))(numbers[:3], numbers[3:])
    np.testing.assert_allclose(state, Statevector(bound(circuit, numbers)).data, atol=1e-12)


@pytest.mark.parametrize("n_qubits", [3, 7])
def test_no_feature_is_encoded_after_the_cut_of_a_map_before_an_ansatz(n_qubits: int) -> None:
    circuit = FEATURE_MAPS["hardware_efficient"](n_qubits, 2, 1.0)
    compiled = compile_circuit(circuit.compose(ANSATZE["real_amplitudes"](n_qubits, 1)))
    begin, finish = compiled.halves()
    x, theta = (
        jax.random.normal(key, (size,))
        for key, size in zip(KEYS, (compiled.n_inputs, compiled.n_weights), strict=True)
    )
    prefix = begin(x)
    np.testing.assert_allclose(finish(prefix, theta), compiled.state(x, theta), atol=1e-5)
    other = finish(prefix._replace(x=x + 1.0), theta)
    np.testing.assert_array_equal(finish(prefix, theta), other)


def test_derivatives_are_those_of_the_whole_twice() -> None:
    circuit = FEATURE_MAPS["hardware_efficient"](3, 2, 1.0)
    compiled = compile_circuit(circuit.compose(ANSATZE["real_amplitudes"](3, 1)))
    begin, finish = compiled.halves()
    x, theta = jnp.linspace(0, 1, compiled.n_inputs), jnp.linspace(1, 2, compiled.n_weights)

    def slope(state: jax.Array) -> jax.Array:
        return (jnp.abs(state) ** 2 * jnp.arange(8.0)).sum()

    def moved(whole: bool, x: jax.Array) -> jax.Array:
        def loss(theta: jax.Array) -> jax.Array:
            return slope(compiled.state(x, theta) if whole else finish(begin(x), theta))

        return loss(theta - 0.1 * jax.grad(loss)(theta))

    halved, expected = (jax.jit(jax.grad(moved, 1), static_argnums=0)(w, x) for w in (False, True))
    np.testing.assert_allclose(halved, expected, atol=1e-4)
