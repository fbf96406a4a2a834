"""Readout errors of single qubits are undone, at the price of two circuits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.primitives import BitArray
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel, ReadoutError

from backends.machines import line
from fewqubit.backends.circuits import on_machine
from fewqubit.backends.exact import exact
from fewqubit.backends.outcomes import parities, product_means
from fewqubit.backends.readout import confusion, mitigated
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device
from fewqubit.errors import DeviceError

KEY, NOTHING = jax.random.key(1), jnp.zeros(0)
ROWS = np.random.default_rng(2).normal(size=(3, 3))
OPERATORS = [SparsePauliOp(label) for label in ("ZII", "IZZ", "XXX")]


def noisy_line(wrong=0.08):
    """Physical qubit k reads 1 for 0 with k/3 of ``wrong``, and 0 for 1 with ``wrong``."""
    noise = NoiseModel()
    for qubit in range(5):
        zero = wrong * qubit / 3
        noise.add_readout_error(ReadoutError([[1 - zero, zero], [wrong, 1 - wrong]]), [qubit])
    return line(noise)


def evaluator(mitigation):
    settings = Device(shots=20_000, mitigation=mitigation, layout=[3, 1, 2], backend="shots:aer")
    return on_machine(noisy_line(), settings)(zz(3, 1, 0.5))


@pytest.mark.parametrize(("mitigation", "right"), [("none", False), ("readout", True)])
def test_mitigation_gives_what_perfect_readout_gives(mitigation, right):
    truth, measured = exact(zz(3, 1, 0.5)), evaluator(mitigation)
    expected = truth.expectations(ROWS, NOTHING, OPERATORS, KEY).values
    values, bill = measured.expectations(ROWS, NOTHING, OPERATORS, KEY)
    assert (np.abs(values - expected).max() < 0.05) == right
    assert bill.circuits == 2 * (3 + 2 * right)  # two bases, each with its calibration
    expected = truth.gram(ROWS, NOTHING, KEY).values
    values, bill = measured.gram(ROWS, NOTHING, KEY)
    assert (np.abs(values - expected).max() < 0.02) == right
    assert bill.circuits == 3 + 2 * right


def test_the_inverse_confusion_is_exact_for_independent_errors():
    """On all outcomes with their probabilities after confusion, not on samples."""
    wrong_zero, right_one = np.array([0.1, 0.02]), np.array([0.8, 0.95])
    matrices = confusion(wrong_zero, right_one, 1000, "x")
    np.testing.assert_allclose(matrices.sum(1), 1)
    read = np.kron(matrices[1], matrices[0]) @ [0.5, 0.1, 0.15, 0.25]
    outcomes = BitArray(np.arange(4, dtype=np.uint8).reshape(4, 1, 1), 2)
    each = product_means(outcomes, mitigated(parities(np.array([1, 3]), 2), matrices))
    np.testing.assert_allclose(read @ each, [0.5 - 0.1 + 0.15 - 0.25, 0.5 - 0.1 - 0.15 + 0.25])


@pytest.mark.parametrize("right_one", [0.5, 0.53, 0.4])
def test_a_bit_that_is_nearly_random_is_refused_unless_shots_tell_it(right_one):
    shares = np.array([0.02, 0.5]), np.array([0.97, right_one])
    with pytest.raises(DeviceError, match=r"qubit 1 of the circuit reads 1 with 0\.500 after 0"):
        confusion(*shares, 10_000, "x")
    if right_one > 0.5:
        assert np.isfinite(confusion(*shares, 10**6, "x")).all()


def test_a_blind_qubit_is_named():
    circuit = QuantumCircuit(2)
    circuit.rx(ParameterVector("x", 1)[0], 0)
    settings = Device(mitigation="readout", backend="shots:aer", layout=[0, 3])
    with pytest.raises(DeviceError, match=r"readout of line .* qubit 1 of the circuit"):
        on_machine(noisy_line(0.6), settings)(circuit).gram(np.ones((2, 1)), NOTHING, KEY)
