"""``noisy:<fake device>``: Aer with the gates, couplings and errors that a device once had."""

from qiskit.providers import QiskitBackendNotFoundError
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2

from fewqubit.errors import SettingsError
from fewqubit.quantum.backends.machine import Machine


def noisy(name: str) -> Machine:
    """The fake device ``name`` of qiskit-ibm-runtime, such as "fake_manila", with its noise model.

    Gate errors as depolarising and thermal channels, readout errors as confusion of single bits,
    both from the device's calibration data; no crosstalk. Raises ``SettingsError`` for an unknown
    name.
    """
    provider = FakeProviderForBackendV2()
    try:
        fake = provider.backend(name)
    except QiskitBackendNotFoundError:
        known = ", ".join(sorted(backend.name for backend in provider.backends()))
        raise SettingsError(
            f"unknown fake device '{name}' in 'noisy:{name}'; known: {known}"
        ) from None
    simulator = AerSimulator.from_backend(fake)
    return Machine(name, fake, lambda seed: SamplerV2.from_backend(simulator, seed=seed))
