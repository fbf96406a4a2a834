"""What the encode stage writes of a feature map, and its picture."""

import json

import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import FeatureMap
from fewqubit.diagnostics.pictures.concentration import draw_concentration
from fewqubit.stages.encode import encode
from fewqubit.stages.look import as_json, look, smaller_sizes

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(30, 6)), np.repeat(np.arange(3), 10)
SETTINGS = FeatureMap(kind="zz", n_qubits=3, repetitions=1, bandwidth=0.3)


@pytest.fixture(scope="module")
def encoded():
    return encode(zz(3, 1, 0.3), X, Y, [0, 1], root_key(0), lambda done: None)


@pytest.fixture(scope="module")
def scans(encoded):
    return look(SETTINGS, zz(3, 1, 0.3), encoded, root_key(0))


def test_the_scans_meet_in_the_map_as_it_is_set(encoded, scans):
    assert scans.configured.mean == pytest.approx(encoded.diagnostics.concentration_mean, rel=1e-4)
    assert scans.configured.shots == pytest.approx(encoded.diagnostics.shots_per_entry, rel=1e-3)
    assert scans.qubits[-1] == scans.configured in scans.bandwidths
    assert [point.n_qubits for point in scans.qubits] == [2, 3]


def test_everything_is_json(encoded, scans):
    content = json.loads(json.dumps(as_json(encoded, scans), allow_nan=False))
    assert content["rows"] == 20
    assert len(content["readings"]) == 7
    endless = encoded.diagnostics._replace(shots_per_entry=float("inf"))
    assert as_json(encoded._replace(diagnostics=endless), scans)["shots_per_entry"] is None


def test_a_circuit_of_ones_own_keeps_its_size():
    assert smaller_sizes(SETTINGS) == [2]
    own = SETTINGS.model_copy(update={"kind": "my.qasm"})
    assert smaller_sizes(own) == []


def test_the_picture_has_the_same_bytes_every_time(scans, tmp_path):
    for name in ("a.png", "b.png"):
        draw_concentration(
            tmp_path / name, scans.bandwidths, scans.qubits, scans.configured, "title"
        )
    first, second = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert first.startswith(b"\x89PNG")
    assert first == second
