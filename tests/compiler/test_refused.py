"""What is no pure, finite, unitary function of its inputs is refused in one line."""

import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import UnitaryGate

from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile, compile_circuit
from fewqubit.errors import CircuitError, DataError

A = Parameter("a")


def measured():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    return circuit


def reset_midway():
    circuit = QuantumCircuit(2)
    circuit.h(1)
    circuit.reset(1)
    return circuit


def branched():
    circuit = QuantumCircuit(QuantumRegister(1), ClassicalRegister(1))
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    return circuit


def foreign():
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("b") + A, 0)
    return circuit


def undefined():
    circuit = QuantumCircuit(1)
    circuit.append(Gate("mystery", 1, [A]), [0])
    return circuit


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (measured(), r"instruction 0 \('measure' on qubits \[0\]\)"),
        (reset_midway(), r"instruction 1 \('reset' on qubits \[1\]\)"),
        (branched(), r"instruction 0 \('if_else' on qubits \[0\]\)"),
        (foreign(), r"instruction 0 \('rx' on qubits \[0\]\).*parameter 'b' is neither an input"),
        (undefined(), r"instruction 0 \('mystery'.*no unitary definition"),
        (QuantumCircuit(21), "21 qubits, a state vector of 2\\*\\*21 amplitudes"),
    ],
)
def test_what_is_not_a_unitary_circuit_is_one_clear_error(circuit, message):
    with pytest.raises(CircuitError, match=message) as raised:
        compile(circuit, [A], [])
    assert "\n" not in str(raised.value)


def test_a_parameter_listed_twice_and_a_wrong_type():
    with pytest.raises(CircuitError, match=r"\['a'\] are listed twice"):
        compile(QuantumCircuit(1), [A], [A])
    with pytest.raises(CircuitError, match="complex64, or complex128 under"):
        compile(QuantumCircuit(1), [], [], jnp.complex128)


def test_a_batch_without_vmap_is_refused_at_once():
    state = compile(QuantumCircuit(1), [A], [])
    with pytest.raises(CircuitError, match=r"shapes \(1,\) and \(0,\), got \(5, 1\).*jax.vmap"):
        state(jnp.zeros((5, 1)), jnp.zeros(0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, None])
def test_a_row_that_is_no_number_is_named(bad):
    state = compile_circuit(FEATURE_MAPS["zz"](2, 1, 0.5)).state
    with pytest.raises(DataError, match="x, entry 1 is"):
        state([0.3, bad], [])


def test_a_state_that_is_not_finite_is_refused():
    circuit = QuantumCircuit(1)
    circuit.ry(A.log(), 0)
    with pytest.raises(CircuitError, match="the state is not finite"):
        compile(circuit, [A], [])([-1.0], [])


@pytest.mark.parametrize(
    "angle", [np.inf, np.nan, -1e39, A * 1e200, (A * 1e200).sin(), A * 1e200 * 1e200]
)
def test_an_angle_that_no_float_holds_is_refused_where_it_stands(angle):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ry(angle, 1)
    with pytest.raises(
        CircuitError, match=r"instruction 1 \('ry' on qubits \[1\]\).*finite number"
    ):
        compile(circuit, [A], [])


@pytest.mark.parametrize("last", [2, 1 + 1e-3, np.nan])
def test_a_matrix_that_is_not_unitary_is_refused(last):
    circuit = QuantumCircuit(1)
    circuit.append(UnitaryGate(np.diag([1, last]), check_input=False), [0])
    with pytest.raises(CircuitError, match=r"instruction 0.*not unitary"):
        compile(circuit, [], [])


def test_a_gate_whose_definition_needs_bound_parameters_names_itself():
    circuit = QuantumCircuit(1)
    circuit.rv(A, 0.2, 0.3, 0)
    with pytest.raises(CircuitError, match=r"instruction 0 \('rv' on qubits \[0\]\).*bind"):
        compile(circuit, [A], [])
