"""Time evolution is exact, whether or not its terms commute."""

import jax
import numpy as np
import pytest
import scipy.linalg
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import HamiltonianGate, PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp, Statevector

from fewqubit.compiler.compiled import compile
from fewqubit.errors import CircuitError

TIME = Parameter("t")


@pytest.mark.parametrize("labels", [["XX", "ZZ", "YY"], ["XY", "ZI", "IX"]])
def test_free_time(labels):
    hamiltonian = SparsePauliOp(labels, [0.7, -0.4, 1.1])
    circuit = QuantumCircuit(2)
    circuit.append(PauliEvolutionGate(hamiltonian, 2 * TIME), [0, 1])
    circuit.append(HamiltonianGate(hamiltonian.to_matrix(), TIME), [1, 0])
    with jax.enable_x64(True):
        got = compile(circuit, [TIME], [], "complex128")(np.array([0.3]), np.zeros(0))
    swap = np.eye(4)[[0, 2, 1, 3]]
    second = swap @ scipy.linalg.expm(-0.3j * hamiltonian.to_matrix()) @ swap
    expected = second @ scipy.linalg.expm(-0.6j * hamiltonian.to_matrix())[:, 0]
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_many_qubits_that_do_not_commute_ask_for_the_product_formula():
    circuit = QuantumCircuit(11)
    hamiltonian = SparsePauliOp.from_sparse_list([("X", [0], 1), ("ZZ", [0, 10], 1)], 11)
    circuit.append(PauliEvolutionGate(hamiltonian, TIME), range(11))
    with pytest.raises(CircuitError, match=r"do not commute.*circuit.decompose\(\)"):
        compile(circuit, [TIME], [])


@pytest.mark.parametrize("controls", [0, 1])
def test_a_bound_time_on_many_qubits_is_exact_too(controls):
    terms = [("XX", [0, 1], 0.7), ("Z", [0], 0.4), ("YZ", [1, 2], 0.3)]
    gate = PauliEvolutionGate(SparsePauliOp.from_sparse_list(terms, 5), 0.8)
    circuit = QuantumCircuit(5 + controls)
    circuit.h(range(5 + controls))
    circuit.append(gate.control(1) if controls else gate, range(5 + controls))
    expected = Statevector(circuit).data
    np.testing.assert_allclose(compile(circuit, [], [])([], []), expected, atol=1e-5)
