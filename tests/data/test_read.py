"""A data source is a row of the registry or a user's own function."""

import pytest

from fewqubit.config import Custom
from fewqubit.data import RawData
from fewqubit.data.read import SOURCES, read_raw
from fewqubit.errors import DataError, SettingsError

OWN = """
import numpy as np
from fewqubit.data import RawData

def good(n):
    names = [str(k) for k in range(n)]
    return RawData(np.ones((n, 2)), np.arange(n), names, names)

def bad():
    return np.zeros(3)
"""


@pytest.fixture(autouse=True)
def _own_module(allow, tmp_path, monkeypatch):
    allow("own_source")
    (tmp_path / "own_source.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)


def test_the_registry():
    made = ["coset", "digits", "glyphs", "hidden_manifold", "linear", "phases"]
    brought = ["images", "omniglot", "table", "text", "tokens"]
    assert sorted(SOURCES) == sorted([*made, *brought])


def test_an_import_path_is_called_with_the_options(episodes):
    raw = read_raw(Custom(source="own_source:good", options={"n": 3}, episodes=episodes))
    assert isinstance(raw, RawData)
    assert raw.x.shape == (3, 2)
    assert raw.names == ["0", "1", "2"]


def test_an_own_source_is_checked(episodes):
    with pytest.raises(DataError, match=r"own_source:bad must return .*RawData, got ndarray"):
        read_raw(Custom(source="own_source:bad", episodes=episodes))


def test_a_wrong_import_path_is_one_clear_line(episodes):
    with pytest.raises(SettingsError, match=r"cannot import data source 'own\.no_module:good'"):
        read_raw(Custom(source="own.no_module:good", episodes=episodes))
