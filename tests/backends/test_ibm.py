"""Qiskit Runtime's sampler in its local testing mode; what is missing is one line."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime.accounts import management

from fewqubit.backends import build_backend
from fewqubit.backends.exact import exact
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device
from fewqubit.errors import DeviceError

KEY, NOTHING = jax.random.key(1), jnp.zeros(0)
ROWS = np.random.default_rng(2).normal(size=(3, 3))


def test_circuits_run_through_runtime():
    settings = Device(backend="ibm:fake_manila", shots=1000, mitigation="readout", job_size=2)
    measured, truth = build_backend(settings)(zz(3, 1, 0.5)), exact(zz(3, 1, 0.5))
    gram, bill = measured.gram(ROWS, NOTHING, KEY)
    np.testing.assert_allclose(gram, truth.gram(ROWS, NOTHING, KEY).values, atol=0.2)
    assert (bill.circuits, bill.shots) == (5, 5_000)
    np.testing.assert_array_equal(gram, measured.gram(ROWS, NOTHING, KEY).values)
    operators = [SparsePauliOp("IIZ"), SparsePauliOp("XXX")]
    values, _ = measured.expectations(ROWS, NOTHING, operators, KEY)
    expected = truth.expectations(ROWS, NOTHING, operators, KEY).values
    np.testing.assert_allclose(values, expected, atol=0.2)


def test_a_missing_account_is_one_line(monkeypatch, tmp_path):
    monkeypatch.delenv("QISKIT_IBM_TOKEN", raising=False)
    monkeypatch.setattr(
        management, "_DEFAULT_ACCOUNT_CONFIG_JSON_FILE", str(tmp_path / "accounts.json")
    )
    with pytest.raises(DeviceError, match=r"'ibm:torino' needs an account.*save_account") as error:
        build_backend(Device(backend="ibm:torino"))
    assert "\n" not in str(error.value)


def test_a_missing_device_is_one_line():
    with pytest.raises(DeviceError, match="no device 'fake_nowhere'"):
        build_backend(Device(backend="ibm:fake_nowhere"))
