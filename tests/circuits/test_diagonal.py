"""Phases on basis states, and the perceptron that they make."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import Operator

from fewqubit.circuits.diagonal import phases
from fewqubit.config import Circuit
from fewqubit.models.compiled import build_circuit
from fewqubit.states.observables import zero_probability


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_every_basis_state_gets_its_phase(n_qubits: int) -> None:
    names = ParameterVector("x", 2**n_qubits)
    angles = np.random.default_rng(n_qubits).uniform(-3, 3, 2**n_qubits)
    circuit = QuantumCircuit(n_qubits)
    phases(circuit, list(names))
    bound = Operator(circuit.assign_parameters(dict(zip(names, angles, strict=True))))
    assert bound.equiv(Operator(np.diag(np.exp(1j * angles))))


def test_the_perceptron_is_the_overlap_of_two_phase_states() -> None:
    settings = Circuit(feature_map="phase", ansatz="phase", n_qubits=2, readout="zero")
    compiled = build_circuit(settings)
    random = np.random.default_rng(0)
    x, w = (jnp.asarray(random.uniform(-3, 3, 4), jnp.float32) for _ in range(2))
    activation = jax.jit(lambda x, w: zero_probability(compiled.state(x, w)))(x, w)
    np.testing.assert_allclose(activation[0], np.abs(np.exp(1j * (x - w)).mean()) ** 2, atol=1e-5)
