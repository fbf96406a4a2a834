"""A circuit taken apart is the circuit, with an angle for each turn."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, ParameterVector
from qiskit.quantum_info import Statevector

from fewqubit.backends.gradients.occurrences import occurrences
from fewqubit.errors import CircuitError
from random_circuits import bound, circuits

values = st.integers(0, 2**20).map(lambda seed: np.random.default_rng(seed).uniform(-2, 2, 5))


@given(circuits(max_qubits=4, max_gates=8), values)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_any_circuit_with_its_angles_is_itself(circuit, numbers):
    apart = occurrences(circuit)
    used = {p.vector.name: len(p.vector) for p in circuit.parameters}
    angles = np.asarray(
        jax.jit(apart.angles)(numbers[: used.get("x", 0)], numbers[3 : 3 + used.get("θ", 0)])
    )
    turned = apart.circuit.assign_parameters({p: angles[p.index] for p in apart.circuit.parameters})
    expected = Statevector(bound(circuit, numbers))
    assert Statevector(turned).equiv(expected, atol=1e-5, rtol=1e-5)


def test_constant_instructions_and_registers_stay():
    theta = ParameterVector("θ", 1)
    circuit = QuantumCircuit(3, name="mine")
    circuit.h(0)
    circuit.ccx(0, 1, 2)
    circuit.rzz(theta[0], 0, 2)
    circuit.ry(2 * theta[0], 1)
    apart = occurrences(circuit)
    assert apart.circuit.count_ops() == {"h": 1, "ccx": 1, "rzz": 1, "ry": 1}
    assert apart.frequencies == ((1.0,), (1.0,))
    np.testing.assert_allclose(apart.angles(np.zeros(0), np.array([0.3])), [0.3, 0.6])


def test_a_gate_without_definition_is_named():
    circuit = QuantumCircuit(1)
    circuit.append(Gate("mystery", 1, [ParameterVector("x", 1)[0]]), [0])
    with pytest.raises(CircuitError, match=r"instruction 0 \('mystery'"):
        occurrences(circuit)
