"""Compiled circuits equal Qiskit's own state vectors, and their derivatives finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from qiskit import QuantumCircuit
from qiskit.circuit.library import CUGate
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.bounds import ONE_LAYER, ONLY
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile, compile_circuit
from random_circuits import PARAMETERS, THETA, X, bound, circuits, values


@given(circuits(), values)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_any_circuit_equals_its_statevector_in_double_precision(circuit, numbers):
    with jax.enable_x64(True):
        state = compile(circuit, list(X), list(THETA), jnp.complex128)
        got = jax.jit(state)(numbers[:3], numbers[3:])
    np.testing.assert_allclose(got, Statevector(bound(circuit, numbers)).data, atol=1e-12)


@given(circuits(min_qubits=6, max_qubits=12, max_gates=20), values)
@settings(max_examples=8, deadline=None, derandomize=True)
def test_larger_circuits_equal_their_statevector_in_both_precisions(circuit, numbers):
    expected = Statevector(bound(circuit, numbers)).data
    got = jax.jit(compile(circuit, list(X), list(THETA)))(numbers[:3], numbers[3:])
    assert got.dtype == jnp.complex64
    np.testing.assert_allclose(got, expected, atol=1e-5)
    with jax.enable_x64(True):
        state = compile(circuit, list(X), list(THETA), jnp.complex128)
        got = jax.jit(state)(numbers[:3], numbers[3:])
    np.testing.assert_allclose(got, expected, atol=1e-12)


@given(circuits(min_qubits=2, max_qubits=2, max_gates=8), values)
@settings(max_examples=4, deadline=None, derandomize=True)
def test_first_and_second_derivatives_equal_finite_differences(circuit, numbers):
    target, step = np.random.default_rng(0).normal(size=4), 1e-5
    with jax.enable_x64(True):
        state = compile(circuit, list(X), list(THETA), jnp.complex128)

        def loss(v):
            overlap = state(v[:3], v[3:]) @ target
            return overlap.real**2 - 0.3 * overlap.imag

        around = np.concatenate([numbers + step * np.eye(5), numbers - step * np.eye(5)])
        losses, gradients = jax.jit(jax.vmap(jax.value_and_grad(loss)))(around)
        gradient, hessian = jax.jit(lambda v: (jax.grad(loss)(v), jax.hessian(loss)(v)))(numbers)
    np.testing.assert_allclose(gradient, (losses[:5] - losses[5:]) / (2 * step), atol=1e-6)
    np.testing.assert_allclose(hessian, (gradients[:5] - gradients[5:]) / (2 * step), atol=1e-6)


def test_reverse_over_reverse_equals_forward_over_reverse():
    compiled = compile_circuit(FEATURE_MAPS["reuploading"](3, 2, 0.7))
    loss = lambda v: compiled.state(v[:3], v[3:])[2].real ** 2  # noqa: E731
    v = jax.random.normal(jax.random.key(0), (3 + compiled.n_weights,))
    twice = jax.jit(lambda v: (jax.jacrev(jax.grad(loss))(v), jax.jacfwd(jax.grad(loss))(v)))(v)
    np.testing.assert_allclose(*twice, atol=1e-5)


@pytest.mark.parametrize("name", sorted(FEATURE_MAPS))
@pytest.mark.parametrize("n_qubits", [1, 2, 5])
def test_feature_maps_equal_statevectors(name, n_qubits):
    only = {"repetitions": 2, "bandwidth": 0.7, **ONLY.get(name, {})}
    assert_equals_statevector(FEATURE_MAPS[name](n_qubits, **only))


@pytest.mark.parametrize("name", sorted(ANSATZE))
def test_ansatze_equal_statevectors(name):
    ansatz = ANSATZE[name](4, 1 if name in ONE_LAYER else 2)
    assert_equals_statevector(FEATURE_MAPS["zz"](4, 1, 0.5).compose(ansatz))


def assert_equals_statevector(circuit):
    compiled = compile_circuit(circuit)
    random = np.random.default_rng(0)
    x, theta = random.normal(size=compiled.n_inputs), random.normal(size=compiled.n_weights)
    by_vector = {"x": x, "θ": theta}
    numbers = {p: by_vector[p.vector.name][p.index] for p in circuit.parameters}
    got = jax.jit(compiled.state)(x, theta)
    expected = Statevector(circuit.assign_parameters(numbers)).data
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_fourteen_qubits_go_through_split_sign_matrices():
    circuit = FEATURE_MAPS["zz"](14, 1, 0.3)
    assert_equals_statevector(circuit)


def test_new_values_do_not_trace_again():
    compiled, traces = compile_circuit(FEATURE_MAPS["reuploading"](3, 2, 1.0)), []

    @jax.jit
    def states(x, theta):
        traces.append(1)
        return jax.vmap(compiled.state, (0, None))(x, theta)

    for seed in range(3):
        x = jax.random.normal(jax.random.key(seed), (4, 3))
        states(x, jnp.full(compiled.n_weights, float(seed)))
    assert len(traces) == 1


@pytest.mark.parametrize("ansatz", ["real_amplitudes", "hardware_efficient"])
def test_tasks_of_examples_are_one_function_with_second_derivatives(ansatz):
    """A step through a step, over tasks of examples: each task's is its own, traced once."""
    circuit = FEATURE_MAPS["angle"](3, 1, 1.0).compose(ANSATZE[ansatz](3, 1))
    compiled, traces = compile_circuit(circuit), []

    def loss(theta, x):
        return jax.vmap(compiled.state, (0, None))(x, theta)[:, 5].real.sum()

    @jax.jit
    def meta_gradient(theta, tasks):
        traces.append(1)
        step = lambda t, x: loss(t - 0.3 * jax.grad(loss)(t, x), x)  # noqa: E731
        return jax.vmap(jax.grad(step), (None, 0))(theta, tasks)

    for seed in range(2):
        theta = jax.random.normal(jax.random.key(seed), (compiled.n_weights,))
        tasks = jax.random.normal(jax.random.key(seed + 2), (4, 2, 3))
        together = meta_gradient(theta, tasks)
    assert len(traces) == 1
    for found, task in zip(together, tasks, strict=True):
        alone = meta_gradient(theta, jnp.stack([task] * 4))
        np.testing.assert_allclose(found, alone[0], atol=1e-5)


def test_weights_alone_are_not_computed_for_every_example():
    """Under a vmap over examples no matrix of the ansatz has the examples' axis."""
    text = program_of_a_batch(8)
    assert "f32[77,256]" in text
    assert "f32[6,16,16]" in text
    assert "f32[77,6,16,16]" not in text


def test_nor_are_phases_in_the_alternating_form():
    text = program_of_a_batch(4)
    assert "c64[77,8]" in text  # of the angles of x
    assert "c64[8]" in text


def program_of_a_batch(n):
    circuit = FEATURE_MAPS["angle"](n, 1, 1.0)
    for qubit in range(n - 1):
        circuit.cx(qubit, qubit + 1)
    compiled = compile_circuit(circuit.compose(ANSATZE["real_amplitudes"](n, 2)))
    states = jax.vmap(compiled.state, (0, None))
    return str(jax.make_jaxpr(states)(jnp.zeros((77, n)), jnp.zeros(compiled.n_weights)))


def test_parameters_may_be_listed_that_the_circuit_lacks():
    state = compile(QuantumCircuit(1), PARAMETERS[:3], PARAMETERS[3:])
    gradient = jax.grad(lambda x: state(x, jnp.zeros(2))[0].real)(jnp.ones(3))
    np.testing.assert_array_equal(gradient, np.zeros(3))


def test_a_call_without_jit_equals_one_with_it_and_is_compiled_once():
    compiled = compile_circuit(FEATURE_MAPS["zz"](3, 1, 0.5))
    x, theta = np.array([0.3, -1.0, 2.0]), np.zeros(0)
    jitted = np.asarray(jax.jit(compiled.state)(x, theta))
    np.testing.assert_array_equal(compiled.state(x, theta), jitted)
    np.testing.assert_array_equal(compiled.state([0.3, -1.0, 2.0], []), jitted)
    with jax.no_tracing():  # nothing is left to trace
        np.testing.assert_array_equal(compiled.state(x, theta), jitted)
    constant = jax.jit(lambda: compiled.state(x, theta))()
    np.testing.assert_allclose(constant, jitted, atol=1e-6)


@pytest.mark.parametrize("annotated", [False, True])
@pytest.mark.parametrize("count", [1, 2])
def test_controlled_cu_with_its_phase(count, annotated):
    circuit = QuantumCircuit(2 + count)
    circuit.h(range(2 + count))
    gate = CUGate(0.3, 0.4, 0.5, 0.6).control(count, annotated=annotated)
    circuit.append(gate, range(2 + count))
    np.testing.assert_allclose(
        compile(circuit, [], [])([], []), Statevector(circuit).data, atol=1e-6
    )
