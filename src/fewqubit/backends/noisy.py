"""``noisy:<fake device>``: Aer with the gates, couplings and errors that a device once had."""

import inspect
from typing import Any

from fewqubit.backends.machine import AER, Machine, simulated
from fewqubit.base.extras import needs
from fewqubit.errors import SettingsError

with needs("ibm", "IBM's fake devices"):
    from qiskit_ibm_runtime import fake_provider
    from qiskit_ibm_runtime.fake_provider.fake_backend import FakeBackendV2
with needs("aer", AER):
    from qiskit_aer import AerSimulator


def noisy(name: str) -> Machine:
    """The fake device ``name`` of qiskit-ibm-runtime, such as "fake_manila", with its noise model.

    Gate errors as depolarising and thermal channels, readout errors as confusion of single bits,
    both from the device's calibration data; no crosstalk. Raises ``SettingsError`` for an unknown
    name.
    """
    known = _fake_devices()
    if name not in known:
        raise SettingsError(
            f"unknown fake device '{name}' in 'noisy:{name}'; known: {', '.join(sorted(known))}"
        )
    fake = known[name]()
    return simulated(name, fake, lambda: AerSimulator.from_backend(fake))


def _fake_devices() -> dict[str, type[FakeBackendV2]]:
    """All fake devices by name, without the provider, which reads the calibration data of all."""
    classes: list[tuple[str, Any]] = inspect.getmembers(fake_provider, inspect.isclass)
    return {
        device.backend_name: device
        for _, device in classes
        if issubclass(device, FakeBackendV2) and device.backend_name
    }
