"""What an expectation does not see changes nothing but the time."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

from fewqubit.circuits.ansatze import hardware_efficient
from fewqubit.errors import CircuitError
from fewqubit.states import light_cone as light_cone_module
from fewqubit.states.light_cone import compile_expectations, light_cone
from random_circuits import THETA, X, bound, circuits

values = st.integers(0, 2**20).map(lambda seed: np.random.default_rng(seed).uniform(-2, 2, 5))


@given(circuits(min_qubits=3, max_qubits=5), values, st.permutations("IIZXY"))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_expectations_equal_those_of_the_whole_circuit(circuit, numbers, letters):
    n = circuit.num_qubits
    operators = [SparsePauliOp(["".join(letters)[:n], "I" * n], [0.7, 0.2]), SparsePauliOp("I" * n)]
    whole = Statevector(bound(circuit, numbers))
    with jax.enable_x64(True):
        found = compile_expectations(circuit, operators, list(X), list(THETA), jnp.complex128)
        got = jax.jit(found)(numbers[:3], numbers[3:])
    expected = [whole.expectation_value(operator).real for operator in operators]
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_one_qubit_under_chains_of_cx_sees_one_neighbour_more_for_each():
    qubits, seen = light_cone(hardware_efficient(10, 4), [0])
    assert qubits == [0, 1, 2, 3, 4]
    assert seen.num_qubits == 5
    assert light_cone(hardware_efficient(10, 4), [9])[0] == list(range(10))


def test_qubits_keep_their_order():
    circuit = QuantumCircuit(4)
    circuit.h(3)
    circuit.cx(3, 1)
    circuit.x(0)
    qubits, seen = light_cone(circuit, [1])
    assert qubits == [1, 3]
    assert [[seen.find_bit(q).index for q in i.qubits] for i in seen.data] == [[1], [1, 0]]


def test_an_operator_of_another_size_is_refused():
    with pytest.raises(CircuitError, match=r"on the circuit's 3 qubits, got one on 2"):
        compile_expectations(QuantumCircuit(3), [SparsePauliOp("ZZ")], [], [])


def test_phases_before_a_readout_of_bits_are_not_seen():
    circuit = QuantumCircuit(3)
    circuit.ry(0.3, [0, 1])
    circuit.rz(0.2, 0)
    circuit.cx(0, 1)
    circuit.cz(1, 2)
    circuit.rz(0.4, 1)
    assert light_cone(circuit, [1])[0] == [0, 1, 2]
    qubits, seen = light_cone(circuit, [1], diagonal=True)
    assert qubits == [0, 1]
    assert seen.count_ops() == {"ry": 2, "cx": 1}


@pytest.mark.parametrize(("pauli", "sizes"), [("Z", [2, 2]), ("Y", [4])])
def test_operators_apart_where_their_cones_are_small(pauli, sizes, monkeypatch):
    """⟨Z_0⟩ and ⟨Z_3⟩ see two qubits each, ⟨Y_0 Y_3⟩ all."""
    circuit, compiled = QuantumCircuit(4), []
    circuit.ry(X[0], range(4))
    circuit.cx([0, 2], [1, 3])
    circuit.rx(THETA[0], range(4))
    real = light_cone_module.compile
    monkeypatch.setattr(
        light_cone_module,
        "compile",
        lambda c, *rest: compiled.append(c.num_qubits) or real(c, *rest),
    )
    labels = ["IIIZ", "ZIII"] if pauli == "Z" else ["YIIY", "IIIZ"]
    operators = [SparsePauliOp(label) for label in labels]
    found = compile_expectations(circuit, operators, X, THETA)(np.full(3, 0.4), np.full(2, 0.7))
    whole = Statevector(bound_to(circuit, 0.4, 0.7))
    expected = [whole.expectation_value(operator).real for operator in operators]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert compiled == sizes


def bound_to(circuit, x, theta):
    return circuit.assign_parameters({X[0]: x, THETA[0]: theta})
