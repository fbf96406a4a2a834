"""Circuits become as few groups as they should, and keep what they are."""

import jax
import jax.numpy as jnp
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.compiler.fuse.groups import Layer, Monomial
from fewqubit.compiler.fuse.slide import fuse
from fewqubit.compiler.parse.instructions import parse


def groups(circuit):
    return fuse(parse(circuit, vector(circuit, "x"), vector(circuit, "θ")))


def kinds(circuit):
    return [type(group) for group in groups(circuit)]


def test_a_repetition_of_zz_is_hadamards_and_one_phase_polynomial():
    circuit = FEATURE_MAPS["zz"](5, 3, 0.5)
    assert kinds(circuit) == [Layer, Monomial] * 3
    first, second = groups(circuit)[1], groups(circuit)[3]
    assert first.terms == second.terms  # so that their phases are computed once
    assert len(first.terms) == 5 + 10 + 1


def test_cx_phase_cx_is_a_phase_and_no_permutation():
    a = ParameterVector("x", 1)
    circuit = QuantumCircuit(3)
    circuit.cx(0, 2)
    circuit.rz(a[0], 2)
    circuit.cx(0, 2)
    (group,) = groups(circuit)
    assert list(group.terms) == [0b101]
    assert list(group.source) == list(range(8))


def test_a_hardware_efficient_layer_is_one_layer_and_one_permutation():
    assert kinds(FEATURE_MAPS["hardware_efficient"](6, 4, 1.0)) == [Layer, Monomial] * 3 + [Layer]
    assert kinds(ANSATZE["real_amplitudes"](6, 2)) == [Layer, Monomial] * 2 + [Layer]


def test_phases_of_weights_leave_a_real_layer_and_those_of_inputs_do_not():
    """RY(θ) alone is real; RY(x), RZ(x) is one matrix of each example's own anyway."""
    shared, own = ANSATZE["hardware_efficient"](4, 1), FEATURE_MAPS["hardware_efficient"](4, 2, 1.0)
    for circuit, length in ((shared, 1), (own, 2)):
        layers = [group for group in groups(circuit) if isinstance(group, Layer)]
        assert {len(run) for layer in layers for run in layer.runs.values()} == {length}


def test_turns_about_one_axis_add_and_inverse_gates_cancel():
    a = ParameterVector("x", 2)
    circuit = QuantumCircuit(2)
    circuit.ry(a[0], 0)
    circuit.ry(a[1], 0)
    circuit.h(1)
    circuit.h(1)
    (layer,) = groups(circuit)
    assert list(layer.runs) == [0]
    assert len(layer.runs[0]) == 1


def test_gates_slide_back_past_what_they_commute_with():
    circuit = QuantumCircuit(4)
    for qubit in (0, 2):
        circuit.h(qubit)
        circuit.h(qubit + 1)
        circuit.cx(qubit, qubit + 1)
        circuit.h(qubit)
    assert kinds(circuit) == [Layer, Monomial, Layer]


def test_rotations_about_commuting_paulis_share_one_change_of_basis():
    a = Parameter("a")
    circuit = QuantumCircuit(4)
    for qubit in range(3):
        circuit.rxx(a, qubit, qubit + 1)
    found = fuse(parse(circuit, [a], []))
    assert [type(group) for group in found] == [Layer, Monomial, Layer]


def test_a_real_circuit_is_computed_in_real_numbers():
    circuit = FEATURE_MAPS["angle"](4, 2, 1.0).compose(ANSATZE["real_amplitudes"](4, 2))
    compiled = compile_circuit(circuit)
    arguments = jnp.zeros(compiled.n_inputs), jnp.zeros(compiled.n_weights)
    text = str(jax.make_jaxpr(compiled.state)(*arguments))
    assert "c64[4,4]" not in text  # products of the state with blocks
    assert "dot_general[" in text
