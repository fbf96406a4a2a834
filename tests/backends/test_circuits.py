"""Circuits on a machine: right after routing, independent of the fast path, billed, reusable."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp, Statevector, state_fidelity
from scipy import stats

from backends.machines import line
from fewqubit.backends import Bill, procedure
from fewqubit.backends.circuits import on_machine
from fewqubit.backends.exact import exact
from fewqubit.backends.machine import aer
from fewqubit.circuits.ansatze import real_amplitudes
from fewqubit.circuits.feature_maps import reuploading, zz
from fewqubit.circuits.parameters import vector
from fewqubit.config import Device
from fewqubit.errors import CircuitError
from random_circuits import bound, circuits

KEY = jax.random.key(7)
NOTHING = jnp.zeros(0)
X, THETA = ParameterVector("x", 4), ParameterVector("θ", 8)
ROWS = np.random.default_rng(1).normal(size=(4, 4))
SETTINGS = Device(backend="shots:aer", shots=4000, job_size=4)


def zz_and_ansatz():
    """A circuit of inputs and weights whose pairs are not all neighbours on a line."""
    return zz(4, 1, 0.4).compose(real_amplitudes(4, 1))


@given(circuits(max_qubits=4, max_gates=8), st.integers(0, 2**20))
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
def test_any_circuit_is_read_as_its_statevector(circuit, seed):
    assume("PauliEvolution" not in circuit.count_ops())  # a device runs its product formula
    n, numbers = circuit.num_qubits, np.random.default_rng(seed).uniform(-2, 2, (2, 5))
    numbers[1, 3:] = numbers[0, 3:]
    states = [Statevector(bound(circuit, row)) for row in numbers]
    rows, theta = numbers[:, :3][:, : len(vector(circuit, "x"))], numbers[0, 3:]
    theta = theta[: len(vector(circuit, "θ"))]
    measured = on_machine(line(), SETTINGS)(circuit)
    gram, _ = measured.gram(rows, theta, KEY)
    assert float(gram[0, 1]) == pytest.approx(state_fidelity(*states), abs=0.04)
    operators = [SparsePauliOp.from_sparse_list([(p, [q], 1)], n) for p in "XZ" for q in range(n)]
    values, _ = measured.expectations(rows, theta, operators, KEY)
    expected = [[s.expectation_value(operator).real for operator in operators] for s in states]
    np.testing.assert_allclose(values, expected, atol=0.08)


@pytest.mark.parametrize("layout", [None, [4, 1, 3, 0]])
def test_routing_and_ancillas_do_not_change_the_values(layout):
    theta = jnp.linspace(-1, 1, 8)
    operators = [SparsePauliOp.from_sparse_list([("Z", [q], 1)], 4) for q in range(4)]
    operators.append(SparsePauliOp(["XYIZ", "IZZI"], [1, 0.5]))
    truth = exact(zz_and_ansatz())
    measured = on_machine(line(), SETTINGS.model_copy(update={"layout": layout}))(zz_and_ansatz())
    gram, bill = measured.gram(ROWS, theta, KEY)
    np.testing.assert_allclose(gram, truth.gram(ROWS, theta, KEY).values, atol=0.035)
    assert (bill.circuits, bill.shots) == (6, 24_000)
    assert bill.two_qubit_gates > 12
    values, bill = measured.expectations(ROWS, theta, operators, KEY)
    expected = truth.expectations(ROWS, theta, operators, KEY).values
    np.testing.assert_allclose(values, expected, atol=0.07)
    assert bill.circuits == 2 * 4


def test_circuits_of_aer_are_binomial_with_the_exact_fidelity():
    """Independent of the fast path: variance over pairs of equal fidelity."""
    rows = np.tile(ROWS[:1, :2], (200, 1))
    measured = on_machine(aer(), Device(backend="shots:aer", shots=200))(zz(2, 1, 0.4))
    values, _ = measured.cross(rows, ROWS[1:2, :2], NOTHING, KEY)
    truth = exact(zz(2, 1, 0.4)).cross(ROWS[:1, :2], ROWS[1:2, :2], NOTHING, KEY)
    p = float(truth.values[0, 0])
    deviates = (values.ravel() - p) / np.sqrt(p * (1 - p) / 200)
    assert (
        stats.kstest(deviates + np.random.default_rng(0).normal(0, 0.01, 200), "norm").pvalue > 1e-4
    )


def test_a_circuit_is_transpiled_once_and_bound_often(monkeypatch):
    names = []
    original = procedure.transpiled
    monkeypatch.setattr(
        procedure, "transpiled", lambda circuit, *_: names.append(circuit) or original(circuit, *_)
    )
    measured = on_machine(aer(), SETTINGS)(reuploading(2, 1, 1.0))
    for seed in range(3):
        theta = np.full(6, seed)
        measured.gram(ROWS[:, :2], theta, jax.random.key(seed))
        measured.expectations(ROWS[:, :2], theta, [SparsePauliOp("ZX")], KEY)
    assert len(names) == 2  # the overlap and one basis


def test_a_circuit_without_parameters_left_is_still_measured_for_every_row():
    """RZ on |0⟩ is a phase: transpiling drops it."""
    circuit = QuantumCircuit(1)
    circuit.rz(X[0], 0)
    measured = on_machine(line(), SETTINGS)(circuit)
    values, bill = measured.gram(np.ones((4, 4)), NOTHING, KEY)
    np.testing.assert_array_equal(values, np.ones((4, 4)))
    assert bill.circuits == 6


def test_one_row_needs_no_circuit():
    values, bill = on_machine(aer(), SETTINGS)(zz(4, 1, 0.4)).gram(ROWS[:1], NOTHING, KEY)
    assert (values.tolist(), bill) == ([[1.0]], Bill(0))


def test_what_is_no_unitary_circuit_or_no_row_of_it_is_said():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with pytest.raises(CircuitError, match="measure"):
        on_machine(aer(), SETTINGS)(circuit)
    with pytest.raises(CircuitError, match="rows of 4 values"):
        on_machine(aer(), SETTINGS)(zz(4, 1, 0.4)).gram(ROWS[:, :3], NOTHING, KEY)
