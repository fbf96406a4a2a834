"""Noisy circuits beside the density matrices of Qiskit and of Aer, to 1e-6 and better."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import PTM, DensityMatrix, Operator, SparsePauliOp, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import (
    NoiseModel,
    QuantumError,
    amplitude_damping_error,
    depolarizing_error,
    phase_damping_error,
)

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.density import (
    Noise,
    amplitude_damping,
    compile_density,
    depolarizing,
    everywhere,
    phase_damping,
    readout_error,
    twirled,
)
from fewqubit.errors import CircuitError
from fewqubit.states.density import density_matrix, outcome_probabilities, pauli_reading

x, theta = ParameterVector("x", 2), ParameterVector("θ", 3)
X, THETA = np.array([0.4, -1.1]), np.array([0.3, 0.9, -0.7])
ERRORS = {
    "depolarizing": (depolarizing, lambda p: depolarizing_error(p, 1)),
    "amplitude_damping": (amplitude_damping, amplitude_damping_error),
    "phase_damping": (phase_damping, phase_damping_error),
}


def demanding() -> QuantumCircuit:
    circuit = QuantumCircuit(3)
    circuit.h([0, 1, 2])
    circuit.ry(x[0] * theta[0] + theta[1], 0)
    circuit.crx(theta[0], 2, 0)
    circuit.cp(theta[1] ** 2, 1, 2)
    circuit.u(theta[2], x[1], theta[0], 2)
    circuit.rzz(x[1], 0, 2)
    circuit.swap(0, 1)
    circuit.ccx(2, 0, 1)
    circuit.rxx(theta[2], 2, 1)
    return circuit


def by_qiskit(circuit: QuantumCircuit, error: QuantumError) -> np.ndarray:
    """Gate by gate, which knows gates that Aer's density matrices do not."""
    bound = circuit.assign_parameters(dict(zip([*x, *theta], [*X, *THETA], strict=True)))
    state = DensityMatrix.from_int(0, 2**circuit.num_qubits)
    for instruction in bound.data:
        qubits = [bound.find_bit(qubit).index for qubit in instruction.qubits]
        state = state.evolve(Operator(instruction.operation), qubits)
        for qubit in qubits:
            state = state.evolve(SuperOp(error), [qubit])
    return np.asarray(state.data)


@pytest.mark.parametrize("name", ERRORS)
def test_the_channels_are_qiskits(name: str) -> None:
    ours, theirs = ERRORS[name]
    np.testing.assert_allclose(ours(0.13), PTM(theirs(0.13)).data.real, atol=1e-12)
    two = PTM(depolarizing_error(0.2, 2)).data.real
    np.testing.assert_allclose(depolarizing(0.2, 2), two, atol=1e-12)


@pytest.mark.parametrize("name", ERRORS)
def test_every_gate_with_noise_is_qiskits_density_matrix(name: str) -> None:
    ours, theirs = ERRORS[name]
    with jax.enable_x64(True):
        density = compile_density(demanding(), x, theta, everywhere(ours(0.03)), jnp.float64)
        found = np.asarray(density_matrix(density(jnp.asarray(X), jnp.asarray(THETA))))
    np.testing.assert_allclose(found, by_qiskit(demanding(), theirs(0.03)), atol=1e-9)


def test_single_precision_and_batches_are_within_1e_6_of_aer() -> None:
    circuit = FEATURE_MAPS["hardware_efficient"](2, 1, 1.0).compose(
        ANSATZE["real_amplitudes"](2, 1)
    )
    weights = [*circuit.parameters][: circuit.num_parameters]
    density = compile_density(circuit, weights, (), everywhere(depolarizing(0.02)))
    rows = np.random.default_rng(0).normal(size=(4, len(weights))).astype(np.float32)
    found = jax.jit(jax.vmap(lambda row: density(row, jnp.zeros(0))))(jnp.asarray(rows))
    for row, vector in zip(rows, found, strict=True):
        model = NoiseModel()
        error = depolarizing_error(0.02, 1)
        model.add_all_qubit_quantum_error(error, ["ry", "rz", "rx", "h"])
        model.add_all_qubit_quantum_error(error.tensor(error), ["cx", "cz"])
        bound = circuit.assign_parameters(row.tolist())
        bound.save_density_matrix()
        simulator = AerSimulator(method="density_matrix", noise_model=model)
        expected = np.asarray(simulator.run(bound, shots=1).result().data()["density_matrix"])
        np.testing.assert_allclose(density_matrix(vector), expected, atol=1e-6)


def test_gradients_go_through_twice() -> None:
    with jax.enable_x64(True):
        density = compile_density(
            demanding(), x, theta, everywhere(amplitude_damping(0.1)), jnp.float64
        )

        def value(weights: jax.Array) -> jax.Array:
            return pauli_reading(density(jnp.asarray(X), weights), SparsePauliOp(["ZIZ", "IXI"]))

        along, at, step = jnp.array([0.3, -0.5, 0.8]), jnp.asarray(THETA), 1e-4
        slope = jax.jit(lambda t: jax.grad(value)(t) @ along)
        differences = (value(at + step * along) - value(at - step * along)) / (2 * step)
        np.testing.assert_allclose(slope(at), differences, atol=1e-6)
        bend = jax.jit(lambda t: jax.grad(slope)(t) @ along)(at)
        expected = (slope(at + step * along) - slope(at - step * along)) / (2 * step)
        np.testing.assert_allclose(bend, expected, atol=1e-6)


def test_readings_of_a_density_matrix_are_qiskits() -> None:
    with jax.enable_x64(True):
        density = compile_density(
            demanding(), x, theta, everywhere(phase_damping(0.1)), jnp.float64
        )
        vector = density(jnp.asarray(X), jnp.asarray(THETA))
        state = DensityMatrix(np.asarray(density_matrix(vector)))
        np.testing.assert_allclose(outcome_probabilities(vector), state.probabilities(), atol=1e-9)
        operator = SparsePauliOp(["XYZ", "IZI", "III"], [0.5, 2.0, 1.0])
        expected = state.expectation_value(operator).real
        np.testing.assert_allclose(pauli_reading(vector, operator), expected, atol=1e-9)


def test_bits_are_misread_as_often_as_they_should_be() -> None:
    circuit = QuantumCircuit(2)
    circuit.x(1)
    noise = Noise(lambda name, qubits: None, {1: readout_error(0.1, 0.3)})
    vector = compile_density(circuit, (), (), noise)(jnp.zeros(0), jnp.zeros(0))
    np.testing.assert_allclose(outcome_probabilities(vector), [0.3, 0, 0.7, 0], atol=1e-6)


def test_twirling_leaves_a_pauli_channel() -> None:
    paulis = [
        np.diag(row) for row in ([1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1])
    ]
    channel = amplitude_damping(0.2)
    mean = np.mean([pauli @ channel @ pauli for pauli in paulis], axis=0)
    np.testing.assert_allclose(twirled(channel), mean, atol=1e-12)


def test_refusals_say_what_to_do() -> None:
    with pytest.raises(CircuitError, match="at most 8 fit: take trajectories"):
        compile_density(QuantumCircuit(9), (), (), everywhere(depolarizing(0.1)))
    big = QuantumCircuit(4)
    big.mcp(0.3, [0, 1, 2], 3)
    with pytest.raises(CircuitError, match="transpile the circuit"):
        compile_density(big, (), (), Noise(lambda name, qubits: None))
    with pytest.raises(CircuitError, match="from 0 to 1, got"):
        amplitude_damping(1.2)
