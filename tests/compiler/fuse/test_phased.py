"""The phased form is the circuit, and its matrices are real between rotations and entanglers."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from qiskit.quantum_info import Statevector

from fewqubit.circuits.ansatze import real_amplitudes
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.emit.phased import emit_phased
from fewqubit.compiler.fuse.phased import phased
from fewqubit.compiler.fuse.slide import fuse
from fewqubit.compiler.parse.instructions import parse
from random_circuits import THETA, X, bound, circuits, emitted, values


@given(circuits(), values)
@settings(max_examples=25)
def test_any_circuit_equals_its_statevector(circuit, numbers):
    with jax.enable_x64(True):
        stages = phased(fuse(parse(circuit, list(X), list(THETA))), circuit.num_qubits)
        got = emitted(emit_phased, stages, stages, circuit.num_qubits, numbers)
    np.testing.assert_allclose(got, Statevector(bound(circuit, numbers)).data, atol=1e-12)


@pytest.mark.parametrize("n_qubits", [1, 2, 6])
def test_matrices_between_rotations_are_real(n_qubits):
    circuit = FEATURE_MAPS["hardware_efficient"](n_qubits, 2, 1.0)
    circuit = circuit.compose(real_amplitudes(n_qubits, 1))
    stages = phased(fuse(parse(circuit, vector(circuit, "x"), vector(circuit, "θ"))), n_qubits)
    assert [len(stage.terms) for stage in stages][:5] == [n_qubits] * 5
    assert all(np.isrealobj(stage.matrix) for stage in stages)
