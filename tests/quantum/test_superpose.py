"""An ensemble in one circuit: exactly the weighted mean of its members."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from fewqubit.errors import CircuitError
from fewqubit.quantum.superpose import superposed

SHARES = [0.5, 0.3, 0.2]


def member(seed: int) -> QuantumCircuit:
    angles = np.random.default_rng(seed).uniform(-3, 3, 4)
    circuit = QuantumCircuit(2)
    circuit.ry(angles[0], 0)
    circuit.ry(angles[1], 1)
    circuit.cx(0, 1)
    circuit.rz(angles[2], 0)
    circuit.rx(angles[3], 1)
    return circuit


MEMBERS = [member(seed) for seed in range(3)]


@pytest.mark.parametrize("pauli", ["IZ", "ZI", "ZZ", "XY"])
def test_one_evaluation_is_the_weighted_mean(pauli: str) -> None:
    whole = Statevector(superposed(MEMBERS, SHARES))
    each = [Statevector(circuit).expectation_value(SparsePauliOp(pauli)) for circuit in MEMBERS]
    found = whole.expectation_value(SparsePauliOp("II" + pauli))
    np.testing.assert_allclose(found, np.dot(SHARES, each), atol=1e-12)


def test_the_state_holds_each_member_where_the_control_has_its_number() -> None:
    parts = Statevector(superposed(MEMBERS, SHARES)).data.reshape(4, 4)
    for share, circuit, part in zip([*SHARES, 0.0], [*MEMBERS, MEMBERS[0]], parts, strict=True):
        np.testing.assert_allclose(part, np.sqrt(share) * Statevector(circuit).data, atol=1e-12)


def test_one_member_needs_no_control() -> None:
    assert superposed(MEMBERS[:1], [1.0]).num_qubits == 2


@pytest.mark.parametrize(
    ("members", "shares", "message"),
    [
        (MEMBERS, [0.5, 0.5], "3 circuits .* and 2 shares"),
        ([*MEMBERS[:1], QuantumCircuit(3)], [0.5, 0.5], "one size"),
        (MEMBERS[:2], [0.5, 0.6], "shares that sum to 1"),
    ],
)
def test_what_does_not_fit_is_refused(members: list, shares: list, message: str) -> None:
    with pytest.raises(CircuitError, match=message):
        superposed(members, shares)
