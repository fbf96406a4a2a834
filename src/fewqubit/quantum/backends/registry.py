"""The word in the settings -> a backend: ``kind`` or ``kind:detail``."""

from collections.abc import Callable

from fewqubit.config import Device
from fewqubit.errors import SettingsError
from fewqubit.quantum.backends.contract import Backend
from fewqubit.quantum.backends.exact import exact
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


BACKENDS: dict[str, Callable[[Device, str], Backend]] = {"exact": _exact}
