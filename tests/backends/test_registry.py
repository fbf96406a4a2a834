"""One word names the backend; a wrong one is one line."""

import pytest

from fewqubit.backends import build_backend
from fewqubit.backends.exact import exact
from fewqubit.config import Device
from fewqubit.errors import OwnCodeError, SettingsError


def own_backend(settings):
    return exact if settings.shots == 7 else None


def test_a_backend_of_ones_own_is_called_with_the_settings(allow):
    allow("backends")
    word = "backends.test_registry:own_backend"
    assert build_backend(Device(backend=word, shots=7)) is exact
    with pytest.raises(OwnCodeError, match=r"expected a Backend .* returned NoneType"):
        build_backend(Device(backend=word, shots=8))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("exactly", "known: exact, ibm:<name>, noisy:<fake device>, shots, shots:aer; or name"),
        ("shots:qulacs", "backend 'shots:qulacs': module shots is neither below own/"),
        ("noisy:", "unknown fake device ''"),
    ],
)
def test_a_wrong_word_is_said(word, message):
    with pytest.raises(SettingsError, match=message):
        build_backend(Device(backend=word))
