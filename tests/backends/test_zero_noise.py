"""Folding changes the length and nothing else; extrapolation is exact for its own curve."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import Operator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from backends.machines import line
from fewqubit.backends.circuits import on_machine
from fewqubit.backends.exact import exact
from fewqubit.backends.template import transpiled, transpiler
from fewqubit.backends.zero_noise import extrapolation_weights, folded
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device, ZeroNoise

ROWS = np.random.default_rng(2).normal(size=(3, 3))


def test_a_folded_circuit_is_longer_and_means_the_same():
    passes = transpiler(line(), Device())
    template = transpiled(zz(3, 1, 0.5), passes)
    longer = folded(template, 5, passes)
    assert longer.qubits == template.qubits
    assert longer.body.num_nonlocal_gates() == 5 * template.body.num_nonlocal_gates()
    assert {*longer.body.count_ops()} <= {*line().device.operation_names}
    before, after = (Operator(part.body.assign_parameters(ROWS[0])) for part in (template, longer))
    assert before.equiv(after)


@pytest.mark.parametrize(
    ("scales", "extrapolation", "degree"),
    [([1, 3], "linear", 1), ([1, 3, 5, 7], "linear", 1), ([1, 3, 5], "richardson", 2)],
)
def test_extrapolation_finds_the_start_of_its_curve(scales, extrapolation, degree):
    weights = extrapolation_weights(scales, extrapolation)
    curve = np.polynomial.Polynomial([0.7, -0.2, 0.03][: degree + 1])
    assert weights @ curve(np.array(scales)) == pytest.approx(0.7)


def test_extrapolation_takes_most_of_the_bias_away():
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(depolarizing_error(0.02, 2), ["cx"])
    key, nothing = jax.random.key(4), jnp.zeros(0)
    expected = exact(zz(3, 1, 0.5)).gram(ROWS, nothing, key).values
    errors, bills = [], []
    for zero_noise in (None, ZeroNoise(extrapolation="richardson")):
        settings = Device(backend="shots:aer", shots=20_000, zero_noise=zero_noise)
        values, bill = on_machine(line(noise), settings)(zz(3, 1, 0.5)).gram(ROWS, nothing, key)
        errors.append(np.abs(values - expected).max())
        bills.append(bill)
    assert errors[1] < errors[0] / 2
    assert bills[1].circuits == 3 * bills[0].circuits
    assert bills[1].two_qubit_gates == 5 * bills[0].two_qubit_gates
