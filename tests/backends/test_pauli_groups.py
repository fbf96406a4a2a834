"""Operators come apart into groups that one circuit reads, and nothing is lost."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator, SparsePauliOp

from fewqubit.backends.pauli_groups import basis_change, grouped
from fewqubit.compiler.fuse.bits import parity_signs
from fewqubit.errors import CircuitError

OPERATORS = [
    SparsePauliOp(["XIZ", "IYZ", "III", "XYI"], [0.5, -1, 3, 2]),
    SparsePauliOp(["ZZZ", "IIZ", "XIZ"], [1, 1, 1]),
]


def test_groups_add_up_to_the_operators():
    """R† (Σ_t c_t (-1)^parity) R of every group, by dense matrices."""
    groups, constants = grouped(OPERATORS, 3)
    for k, operator in enumerate(OPERATORS):
        whole = constants[k] * np.eye(8, dtype=complex)
        for basis, masks, coefficients in groups:
            rotation = Operator(basis_change(basis)).data
            diagonal = parity_signs(masks, 3) @ coefficients[:, k]
            whole += rotation.conj().T @ np.diag(diagonal) @ rotation
        np.testing.assert_allclose(whole, operator.to_matrix(), atol=1e-12)


def test_strings_that_agree_on_every_qubit_share_a_circuit():
    groups, _ = grouped(OPERATORS, 3)
    assert sorted(group.basis for group in groups) == ["ZYX", "ZZZ"]
    assert sum(len(group.masks) for group in groups) == 5  # six, one of them in both operators


def test_the_identity_needs_no_circuit():
    groups, constants = grouped([SparsePauliOp("II", 2.0)], 2)
    assert groups == []
    np.testing.assert_array_equal(constants, [2.0])


@pytest.mark.parametrize(
    ("operator", "message"),
    [
        (SparsePauliOp("ZZ"), "3 qubits.* 2: ZZ"),
        (SparsePauliOp("ZZZ", 1j), "real, finite coefficients"),
    ],
)
def test_what_is_no_observable_of_the_circuit(operator, message):
    with pytest.raises(CircuitError, match=message):
        grouped([operator], 3)
