"""Trajectories beside the density matrix of the same Pauli channels."""

import jax
import jax.numpy as jnp
import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import PTM
from qiskit_aer.noise import pauli_error

from fewqubit.compiler.density import (
    Noise,
    amplitude_damping,
    compile_density,
    depolarizing,
    readout_error,
    twirled,
)
from fewqubit.compiler.density.trajectories import (
    compile_trajectory,
    misread,
    pauli_probabilities,
)
from fewqubit.states import pauli_z_expectations, probabilities
from fewqubit.states.density import outcome_probabilities

theta = ParameterVector("θ", 2)
THETA, KEYS = jnp.array([0.7, -1.2]), jax.random.split(jax.random.key(0), 4000)


def circuit() -> QuantumCircuit:
    made = QuantumCircuit(2)
    made.ry(theta[0], 0)
    made.cx(0, 1)
    made.ry(theta[1], 1)
    return made


def after(gate: str, qubits: tuple[int, ...]) -> np.ndarray:
    return depolarizing(0.2, 2) if gate == "cx" else twirled(amplitude_damping(0.3))


def test_probabilities_of_errors_are_those_of_a_pauli_channel() -> None:
    given = {"IX": 0.1, "YZ": 0.25, "ZI": 0.05, "II": 0.6}
    channel = PTM(pauli_error([*given.items()])).data.real
    found = pauli_probabilities(channel)
    expected = np.zeros(16)
    for label, p in given.items():
        expected[4 * "IXYZ".index(label[0]) + "IXYZ".index(label[1])] = p
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_mean_over_trajectories_is_the_density_matrix_and_so_is_its_slope() -> None:
    noise = Noise(after)
    density = compile_density(circuit(), (), theta, noise)
    run = compile_trajectory(circuit(), (), theta, noise)
    nothing = jnp.zeros(0)

    def reading(weights: jax.Array, key: jax.Array) -> jax.Array:
        return pauli_z_expectations(run(key, nothing, weights))[1]

    found, slopes = jax.jit(jax.vmap(jax.value_and_grad(reading), (None, 0)))(THETA, KEYS)

    def exact(weights: jax.Array) -> jax.Array:
        return density(nothing, weights)[3 * 4]  # Z on qubit 1

    expected, slope = jax.value_and_grad(exact)(THETA)
    for mean, truth in ((found, expected), (slopes, slope)):
        error = np.std(mean, axis=0, ddof=1) / np.sqrt(len(KEYS))
        assert (np.abs(np.mean(mean, axis=0) - truth) < 4 * error + 1e-6).all()


def test_misread_bits_are_those_of_the_density_matrix() -> None:
    noise = Noise(
        lambda gate, qubits: None, {0: readout_error(0.1, 0.3), 1: readout_error(0.2, 0.0)}
    )
    run = compile_trajectory(circuit(), (), theta, noise)
    seen = misread(probabilities(run(KEYS[0], jnp.zeros(0), THETA)), noise.readout)
    mixed = compile_density(circuit(), (), theta, noise)(jnp.zeros(0), THETA)
    np.testing.assert_allclose(seen, outcome_probabilities(mixed), atol=1e-6)
