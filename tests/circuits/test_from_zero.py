"""Resets and state preparations at the beginning, where they are unitary."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import RealAmplitudes
from qiskit.quantum_info import Statevector

from fewqubit.circuits.from_zero import without_resets
from fewqubit.compiler.compiled import compile
from fewqubit.errors import CircuitError


def nested():
    """A state preparation inside of an instruction, behind gates of other qubits."""
    inner = QuantumCircuit(2, global_phase=0.2)
    inner.initialize([0.6, 0.8], 1)
    inner.h(0)
    circuit = QuantumCircuit(3)
    circuit.reset(2)
    circuit.h(1)
    circuit.barrier()
    circuit.append(inner.to_instruction(), [2, 0])
    circuit.cx(0, 1)
    return circuit


def prepared(*how):
    circuit = QuantumCircuit(2)
    circuit.initialize(*how)
    circuit.cx(0, 1)
    return circuit


@pytest.mark.parametrize(
    "circuit",
    [
        nested(),
        prepared([0.6, 0.8j], 0),
        prepared([0.1, 0.3, 0.3, 0.9], [1, 0], True),
        prepared("+1"),
        prepared(2, [0, 1]),
    ],
)
def test_preparations_at_the_beginning_equal_the_state_vector(circuit):
    expected = Statevector(circuit).data
    np.testing.assert_allclose(compile(circuit, [], [])([], []), expected, atol=1e-6)
    without_resets(circuit).inverse()  # which devices need


def test_a_reset_of_a_touched_qubit_is_named():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.initialize([1, 0], 0)
    with pytest.raises(CircuitError, match=r"instruction 1 \('reset' on qubits \[0\]\)"):
        compile(circuit, [], [])


def test_a_circuit_without_resets_stays_itself():
    circuit = RealAmplitudes(2)
    assert without_resets(circuit) is circuit
