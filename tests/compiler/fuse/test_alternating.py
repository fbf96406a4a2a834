"""The alternating form is the circuit, and holds real circuits at half their length."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import CCXGate, CXGate, CZGate, HGate, RYGate, SwapGate, XGate
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import hardware_efficient, real_amplitudes
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.emit.alternating import emit_alternating
from fewqubit.compiler.fuse.alternating import alternate
from fewqubit.compiler.fuse.slide import fuse
from fewqubit.compiler.parse.instructions import parse
from random_circuits import THETA, X, bound, emitted, expressions, values


def form_of(circuit):
    groups = fuse(parse(circuit, vector(circuit, "x"), vector(circuit, "θ")))
    return alternate(groups, circuit.num_qubits)


@st.composite
def real_circuits(draw):
    """RY with any angle among real gates, on two to four qubits."""
    circuit = QuantumCircuit(draw(st.integers(2, 4)))
    for _ in range(draw(st.integers(0, 14))):
        gate = draw(st.sampled_from(REAL))
        gate = RYGate(draw(expressions())) if gate is None else gate
        if gate.num_qubits <= circuit.num_qubits:
            qubits = draw(st.permutations(range(circuit.num_qubits)))[: gate.num_qubits]
            circuit.append(gate, qubits)
    return circuit


REAL = [None, None, HGate(), CXGate(), CZGate(), SwapGate(), CCXGate(), XGate()]


@given(real_circuits(), values)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_real_circuits_equal_their_statevector(circuit, numbers):
    with jax.enable_x64(True):
        form = alternate(fuse(parse(circuit, list(X), list(THETA))), circuit.num_qubits)
        got = emitted(emit_alternating, form, form.stages, circuit.num_qubits, numbers)
    np.testing.assert_allclose(got, Statevector(bound(circuit, numbers)).data, atol=1e-12)


@pytest.mark.parametrize("n_qubits", [2, 3, 6])
def test_a_real_circuit_keeps_one_of_each_conjugate_pair(n_qubits):
    form = form_of(real_amplitudes(n_qubits, 2))
    assert [stage.matrix.shape[0] for stage in form.stages] == [2**n_qubits] * 3
    assert np.isrealobj(form.last)
    assert form_of(hardware_efficient(n_qubits, 1)) is None


def test_constants_and_idle_qubits_cost_no_stage():
    circuit = real_amplitudes(3, 1)
    circuit.h(0)
    circuit.cz(0, 2)
    circuit.ry(vector(circuit, "θ")[0], 0)
    form = form_of(circuit)
    assert len(form.stages) == 3
    assert form_of(QuantumCircuit(2)).stages == []
