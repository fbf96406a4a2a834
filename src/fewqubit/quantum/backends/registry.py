"""The word in the settings -> a backend."""

from collections.abc import Callable

from fewqubit.config import Device
from fewqubit.quantum.backends.circuits import on_machine
from fewqubit.quantum.backends.contract import Backend
from fewqubit.quantum.backends.exact import exact
from fewqubit.quantum.backends.machine import aer
from fewqubit.quantum.backends.sampled import sampled
from fewqubit.registry import resolve


def build_backend(settings: Device) -> Backend:
    """The backend that ``settings.backend`` names, to be called with circuits of "x" and "θ".

    Raises ``SettingsError`` for an unknown word, ``DeviceError`` for a device out of reach.
    """
    kind = settings.backend.partition(":")[0]
    row = next((word for word in BACKENDS if word.startswith(f"{kind}:<")), settings.backend)
    return resolve(row, BACKENDS, "backend")(settings)


# qiskit-ibm-runtime takes seconds to import, so only those wait who ask for it
def _noisy(settings: Device) -> Backend:
    from fewqubit.quantum.backends.noisy import noisy

    return on_machine(noisy(settings.backend.partition(":")[2]), settings)


def _ibm(settings: Device) -> Backend:
    from fewqubit.quantum.backends.ibm import ibm

    return on_machine(ibm(settings.backend.partition(":")[2]), settings)


BACKENDS: dict[str, Callable[[Device], Backend]] = {
    "exact": lambda settings: exact,
    "shots": lambda settings: sampled(settings.shots),
    "shots:aer": lambda settings: on_machine(aer(), settings),
    "noisy:<fake device>": _noisy,
    "ibm:<name>": _ibm,
}
