import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator, Statevector

from fewqubit.backends.grover import (
    grover_circuit,
    inversion_about_mean,
    measured_entry,
    phase_oracle,
)
from fewqubit.errors import CircuitError


@settings(max_examples=20, deadline=None)
@given(
    marked=st.integers(1, 5).flatmap(
        lambda m: st.lists(st.booleans(), min_size=2**m, max_size=2**m)
    ),
    iterations=st.integers(0, 6),
)
def test_probability_of_the_marked_follows_the_closed_form(marked, iterations):
    marked = np.array(marked)
    theta = np.arcsin(np.sqrt(marked.mean()))
    state = Statevector(grover_circuit(marked, iterations))
    found = state.probabilities()[marked].sum()
    assert found == pytest.approx(np.sin((2 * iterations + 1) * theta) ** 2, abs=1e-9)


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_the_diffuser_reflects_about_the_uniform_superposition(n_qubits):
    size = 2**n_qubits
    expected = np.full((size, size), 2 / size) - np.eye(size)
    np.testing.assert_allclose(Operator(inversion_about_mean(n_qubits)).data, expected, atol=1e-12)


def test_aer_finds_the_only_entry_of_four_at_once():
    for entry in range(4):
        circuit = grover_circuit(np.arange(4) == entry, 1)
        assert {measured_entry(circuit, seed) for seed in range(5)} == {entry}


@pytest.mark.parametrize("size", [0, 1, 3, 6])
def test_a_table_that_is_no_power_of_two_is_one_clear_line(size):
    with pytest.raises(CircuitError, match=f"2\\^m entries.*got {size}"):
        phase_oracle(np.zeros(size, bool))
