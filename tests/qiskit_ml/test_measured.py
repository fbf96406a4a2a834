"""Final measurements become bits of an outcome; anything after one is refused."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.primitives import StatevectorSampler

from fewqubit.errors import CircuitError
from fewqubit.qiskit_ml.measured import outcomes, split


def test_bits_are_read_in_the_order_of_the_sampler():
    circuit = QuantumCircuit(
        QuantumRegister(3), ClassicalRegister(1, "first"), ClassicalRegister(2, "second")
    )
    circuit.x(2)
    circuit.measure([2, 0, 1], [1, 0, 2])
    (measured,) = StatevectorSampler().run([circuit]).result()
    (expected,) = measured.join_data().get_int_counts()
    unitary, bits = split(circuit)
    assert outcomes(bits, 3)[0b100] == expected == 0b010
    assert unitary.count_ops() == {"x": 1}


def test_without_bits_all_qubits_are_read():
    np.testing.assert_array_equal(outcomes(split(QuantumCircuit(2))[1], 2), np.arange(4))


def test_a_transpiled_circuit_reads_the_qubits_it_came_from():
    circuit = QuantumCircuit(2)
    circuit.x(0)
    moved = transpile(circuit, initial_layout=[2, 1], coupling_map=[[0, 1], [1, 2]])
    _, bits = split(moved)
    assert outcomes(bits, 3)[0b100] == 0b01


def test_the_last_measurement_into_a_bit_counts():
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)
    circuit.barrier()
    circuit.measure(1, 0)
    assert split(circuit)[1] == {0: 1}


def test_a_gate_after_a_measurement_is_named():
    circuit = QuantumCircuit(2, 1, name="late")
    circuit.measure(1, 0)
    circuit.cx(0, 1)
    with pytest.raises(CircuitError, match=r"instruction 1 \('cx' on qubits \[0, 1\]\).*'late'"):
        split(circuit)
