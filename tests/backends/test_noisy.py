"""A fake device: its noise is there, its readout can be undone, unknown names are said."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.backends import build_backend
from fewqubit.backends.exact import exact
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device
from fewqubit.errors import SettingsError

KEY, NOTHING = jax.random.key(1), jnp.zeros(0)
ROWS = np.tile(np.random.default_rng(2).normal(size=(1, 3)), (4, 1))


def fidelity_of_equal_rows(**changes):
    settings = Device(backend="noisy:fake_manila", shots=4000, **changes)
    values, bill = build_backend(settings)(zz(3, 2, 0.5)).gram(ROWS, NOTHING, KEY)
    np.testing.assert_array_equal(values, values.T)
    return float(values[np.triu_indices(4, 1)].mean()), bill


def test_noise_lowers_fidelities_and_the_bill_is_that_of_the_device():
    assert exact(zz(3, 2, 0.5)).gram(ROWS, NOTHING, KEY).values.min() > 0.999
    fidelity, bill = fidelity_of_equal_rows()
    assert 0.4 < fidelity < 0.9
    assert (bill.circuits, bill.shots) == (6, 24_000)
    assert bill.depth > 20
    assert bill.two_qubit_gates > 12
    less_noisy, dearer = fidelity_of_equal_rows(mitigation="readout", zero_noise={"scales": [1, 3]})
    assert fidelity + 0.05 < less_noisy < 1.1
    assert dearer.circuits == 2 * 6 + 2
    assert dearer.two_qubit_gates == 3 * bill.two_qubit_gates


def test_an_unknown_device_is_one_line_with_those_known():
    with pytest.raises(SettingsError, match=r"unknown fake device 'manila' .*fake_manila") as error:
        build_backend(Device(backend="noisy:manila"))
    assert "\n" not in str(error.value)
