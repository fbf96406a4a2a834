"""Meyer-Wallach of states that everybody knows."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector, random_statevector

from fewqubit.diagnostics import entangling_capability, meyer_wallach
from fewqubit.states.kernels import projected_features


def bloch(*states: np.ndarray) -> np.ndarray:
    return np.asarray(projected_features(np.stack(states).astype(np.complex64)))


def ghz(n: int) -> np.ndarray:
    circuit = QuantumCircuit(n)
    circuit.h(0)
    for target in range(1, n):
        circuit.cx(0, target)
    return Statevector(circuit).data


def test_product_ghz_and_w_states():
    product = Statevector.from_label("+0r").data
    w = np.zeros(8)
    w[[1, 2, 4]] = 1 / np.sqrt(3)
    np.testing.assert_allclose(meyer_wallach(bloch(product, ghz(3), w)), [0, 1, 8 / 9], atol=1e-6)
    assert np.isclose(entangling_capability(bloch(product, ghz(3))), 0.5, atol=1e-6)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_haar_random_states(n: int):
    """Mean Q = (2**n - 2)/(2**n + 1): Scott 2004, quant-ph/0310137."""
    states = [random_statevector(2**n, seed=seed).data for seed in range(400)]
    expected = (2**n - 2) / (2**n + 1)
    assert np.isclose(entangling_capability(bloch(*states)), expected, atol=0.03)
