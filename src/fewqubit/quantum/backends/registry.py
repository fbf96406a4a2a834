"""The word in the settings -> a backend: ``kind`` or ``kind:detail``."""

from collections.abc import Callable

from fewqubit.config import Device
from fewqubit.errors import SettingsError
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
    kind, _, detail = settings.backend.partition(":")
    if kind in BACKENDS:
        return BACKENDS[kind](settings, detail)
    own: Callable[[Device], Backend] = resolve(settings.backend, {}, "backend")
    return own(settings)


def _exact(settings: Device, detail: str) -> Backend:
    if detail:
        raise SettingsError(f"backend 'exact' takes nothing after it, got '{settings.backend}'")
    return exact


def _shots(settings: Device, detail: str) -> Backend:
    if not detail:
        return sampled(settings.shots)
    if detail != "aer":
        raise SettingsError(f"expected backend 'shots' or 'shots:aer', got '{settings.backend}'")
    return on_machine(aer(), settings)


# qiskit-ibm-runtime takes seconds to import, so only those wait who ask for it
def _noisy(settings: Device, detail: str) -> Backend:
    from fewqubit.quantum.backends.noisy import noisy

    return on_machine(noisy(detail), settings)


def _ibm(settings: Device, detail: str) -> Backend:
    from fewqubit.quantum.backends.ibm import ibm

    return on_machine(ibm(detail), settings)


BACKENDS: dict[str, Callable[[Device, str], Backend]] = {
    "exact": _exact,
    "shots": _shots,
    "noisy": _noisy,
    "ibm": _ibm,
}
