"""Compiled circuits equal Qiskit's own state vectors, and so do their derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Statevector

from fewqubit.quantum import FEATURE_MAPS, compile, compile_circuit
from fewqubit.quantum.ansatze import ANSATZE


@pytest.mark.parametrize("name", sorted(FEATURE_MAPS))
@pytest.mark.parametrize("n_qubits", [1, 2, 3, 5])
def test_feature_map_equals_statevector(name, n_qubits):
    circuit = FEATURE_MAPS[name](n_qubits, 2, 0.7)
    assert_equals_statevector(circuit)


@pytest.mark.parametrize("name", sorted(ANSATZE))
def test_ansatz_equals_statevector(name):
    circuit = FEATURE_MAPS["zz"](4, 1, 0.5).compose(ANSATZE[name](4, 2))
    assert_equals_statevector(circuit)


def assert_equals_statevector(circuit, tolerance=1e-5, seed=0):
    compiled = compile_circuit(circuit)
    random = np.random.default_rng(seed)
    x, theta = random.normal(size=compiled.n_inputs), random.normal(size=compiled.n_weights)
    by_vector = {"x": x, "θ": theta}
    bound = circuit.assign_parameters(
        {p: by_vector[p.vector.name][p.index] for p in circuit.parameters}
    )
    got = jax.jit(compiled.state)(jnp.asarray(x), jnp.asarray(theta))
    assert got.dtype == jnp.complex64
    np.testing.assert_allclose(got, Statevector(bound).data, atol=tolerance)


def test_second_derivative_through_a_repeated_parameter():
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.ry(a * b, 0)
    circuit.crx(a.sin() + 2 * b, 0, 1)
    with jax.enable_x64(True):
        state = compile(circuit, [a], [b], jnp.complex128)

        def loss(v):
            return jnp.abs(state(v[:1], v[1:])[3]) ** 2

        v, step = jnp.array([0.4, 1.1]), 1e-4
        hessian = jax.jacrev(jax.grad(loss))(v)
        differences = [
            (jax.grad(loss)(v + step * e) - jax.grad(loss)(v - step * e)) / (2 * step)
            for e in jnp.eye(2)
        ]
        np.testing.assert_allclose(hessian, np.stack(differences), atol=1e-7)
