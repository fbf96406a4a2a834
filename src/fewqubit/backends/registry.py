"""The word in the settings -> a backend."""

from collections.abc import Callable

from fewqubit.backends.circuits import on_machine
from fewqubit.backends.contract import Backend
from fewqubit.backends.device import Device
from fewqubit.backends.exact import exact
from fewqubit.backends.machine import Machine, aer
from fewqubit.backends.sampled import sampled
from fewqubit.base.registry import look_up, resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.errors import OwnCodeError


def build_backend(settings: Device) -> Backend:
    """The backend that ``settings.backend`` names, to be called with circuits of "x" and "θ".

    Raises ``SettingsError`` for an unknown word, ``DeviceError`` for a device out of reach.
    """
    row = _row(settings.backend)
    make = resolve(row, BACKENDS, "backend")
    if row in BACKENDS:
        return make(settings)
    with OwnCode(f"backend '{row}'"):
        backend = make(settings)
    if not callable(backend):
        raise OwnCodeError(
            f"backend '{row}': expected a Backend (fewqubit.backends), a function, the "
            f"function returned {type(backend).__name__}"
        )
    return backend


def build_machine(settings: Device) -> Machine:
    """What ``settings.backend`` runs circuits on. Raises as ``build_backend`` does, and
    ``SettingsError`` for a backend that runs none.
    """
    make = look_up(_row(settings.backend), MACHINES, "device")
    return make(settings.backend.partition(":")[2])


def _row(backend: str) -> str:
    """``noisy:<fake device>`` of ``noisy:fake_manila``."""
    kind = backend.partition(":")[0]
    return next((word for word in MACHINES if word.startswith(f"{kind}:<")), backend)


# qiskit-ibm-runtime takes seconds to import, so only those wait who ask for it
def _noisy(name: str) -> Machine:
    from fewqubit.backends.noisy import noisy

    return noisy(name)


def _ibm(name: str) -> Machine:
    from fewqubit.backends.ibm import ibm

    return ibm(name)


def _circuits(settings: Device) -> Backend:
    return on_machine(build_machine(settings), settings)


MACHINES: dict[str, Callable[[str], Machine]] = {
    "shots:aer": lambda name: aer(),
    "noisy:<fake device>": _noisy,
    "ibm:<name>": _ibm,
}
BACKENDS: dict[str, Callable[[Device], Backend]] = {
    "exact": lambda settings: exact,
    "shots": lambda settings: sampled(settings.shots),
    **dict.fromkeys(MACHINES, _circuits),
}
