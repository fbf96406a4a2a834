"""A rotation whose angle a register chooses, and members that share their gates."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import HGate, PhaseGate, RXGate, RYGate, UGate, XGate
from qiskit.quantum_info import Operator

from fewqubit.circuits.multiplex import FLIPS, Placed, append_multiplexed, shared_ends

RANDOM = np.random.default_rng(0)


def on(gate: Gate, *qubits: int) -> Placed:
    return Placed(gate, qubits)


@pytest.mark.parametrize("n_control", [1, 2, 3])
@pytest.mark.parametrize("kind", FLIPS)
def test_each_number_of_the_register_has_its_own_rotation(kind: type[Gate], n_control: int) -> None:
    n_target = kind(0.0).num_qubits
    target, control = range(n_target), range(n_target, n_target + n_control)
    angles = RANDOM.uniform(-3, 3, max(2, 2**n_control - 1))  # some number is no member's
    circuit = QuantumCircuit(n_target + n_control)
    append_multiplexed(circuit, control, [on(kind(angle), *target) for angle in angles])
    blocks = Operator(circuit).data.reshape(2 * [2**n_control, 2**n_target])
    for number, angle in enumerate(angles):
        expected = Operator(kind(angle)).data
        np.testing.assert_allclose(blocks[number, :, number], expected, atol=1e-12)
    assert set(circuit.count_ops()) == {kind(0.0).name, FLIPS[kind]().name}


def test_what_is_the_same_for_all_stands_there_once() -> None:
    circuit = QuantumCircuit(3)
    append_multiplexed(circuit, [1, 2], 3 * [on(UGate(0.1, 0.2, 0.3), 0)])
    assert circuit.count_ops() == {"u": 1}


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([], [], (0, 0)),
        ([on(RYGate(1), 0), on(HGate(), 1)], [on(RYGate(2), 0), on(HGate(), 1)], (2, 0)),
        ([on(RYGate(1), 0), on(HGate(), 1)], [on(RYGate(2), 1), on(HGate(), 1)], (0, 1)),
        ([on(PhaseGate(1), 0)], [on(PhaseGate(2), 0)], (0, 0)),  # no rotation: its phase tells
        ([on(HGate(), 0)], [on(HGate(), 0), on(XGate(), 0), on(HGate(), 0)], (1, 0)),
        ([on(RXGate(1), 0)] * 3, [on(RXGate(1), 0), on(XGate(), 0), on(RXGate(2), 0)], (1, 1)),
    ],
)
def test_ends_that_members_share(
    left: list[Placed], right: list[Placed], expected: tuple[int, int]
) -> None:
    assert shared_ends([left, right]) == expected
