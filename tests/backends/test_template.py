"""Templates fit their machine, or say that they do not."""

import pytest
from qiskit import QuantumCircuit

from backends.machines import line
from fewqubit.backends.circuits import on_machine
from fewqubit.backends.template import transpiled, transpiler
from fewqubit.config import Device
from fewqubit.errors import DeviceError


def test_the_same_settings_give_the_same_circuit():
    circuit = QuantumCircuit(4)
    for a, b in [(0, 3), (1, 3), (0, 2)]:
        circuit.cx(a, b)
    first, again = (transpiled(circuit, transpiler(line(), Device())) for _ in range(2))
    assert first == again


def test_a_circuit_is_put_where_the_layout_says():
    circuit = QuantumCircuit(2)
    circuit.x(0)
    body, qubits = transpiled(circuit, transpiler(line(), Device(layout=[3, 2])))
    assert qubits == (3, 2)
    assert [body.find_bit(gate.qubits[0]).index for gate in body.data] == [3]


@pytest.mark.parametrize(
    ("n_qubits", "layout", "message"),
    [
        (6, None, "circuit has 6 qubits, line 5"),
        (2, [0], r"2 different qubits of line, which has 5, got \[0\]"),
        (2, [1, 1], r"got \[1, 1\]"),
        (2, [0, 5], r"got \[0, 5\]"),
    ],
)
def test_what_does_not_fit(n_qubits, layout, message):
    with pytest.raises(DeviceError, match=message):
        on_machine(line(), Device(layout=layout))(QuantumCircuit(n_qubits))
