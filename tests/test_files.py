"""Artefact files: whole or absent, byte-identical, readable without pickle."""

import json

import numpy as np
import pytest

from fewqubit.errors import ArtifactError
from fewqubit.files import (
    read_json,
    read_npz,
    replacing,
    sha256,
    write_bytes,
    write_json,
    write_npz,
    write_text,
)


def test_json_round_trip_makes_numpy_plain(tmp_path):
    write_json(tmp_path / "a" / "b.json", {"n": np.int64(3), "x": np.arange(2), "é": [1.5]})
    assert read_json(tmp_path / "a" / "b.json") == {"n": 3, "x": [0, 1], "é": [1.5]}


def test_json_refuses_what_json_cannot_say(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", float("nan"))
    with pytest.raises(TypeError, match="set has no place"):
        write_json(tmp_path / "x.json", {1, 2})
    assert list(tmp_path.iterdir()) == []


def test_npz_round_trip_and_same_bytes_in_any_order(tmp_path):
    x, y = np.arange(6.0, dtype=np.float32).reshape(2, 3), np.array(["a", "bc"])
    write_npz(tmp_path / "one.npz", {"x": x, "y": y})
    write_npz(tmp_path / "two.npz", {"y": y, "x": x})
    back = read_npz(tmp_path / "one.npz")
    np.testing.assert_array_equal(back["x"], x)
    assert back["x"].dtype == np.float32
    assert back["y"].tolist() == ["a", "bc"]
    assert sha256(tmp_path / "one.npz") == sha256(tmp_path / "two.npz")


def test_npz_never_pickles(tmp_path):
    with pytest.raises(TypeError, match="Python objects"):
        write_npz(tmp_path / "x.npz", {"x": np.array([{}], dtype=object)})


@pytest.mark.parametrize("read", [read_json, read_npz, sha256])
def test_missing_file_is_one_clear_line(read, tmp_path):
    with pytest.raises(ArtifactError, match=r"nothing\.here: expected a file.*dvc repro"):
        read(tmp_path / "nothing.here")


def test_damaged_files_are_named(tmp_path):
    write_text(tmp_path / "x.json", "{")
    write_bytes(tmp_path / "x.npz", b"PK\x03\x04half")
    write_bytes(tmp_path / "empty.npz", b"")
    with pytest.raises(ArtifactError, match=r"x\.json: expected JSON"):
        read_json(tmp_path / "x.json")
    for name in ("x.npz", "empty.npz"):
        with pytest.raises(ArtifactError, match=rf"{name}: expected arrays"):
            read_npz(tmp_path / name)


def test_a_failed_write_leaves_the_old_file_alone(tmp_path):
    write_json(tmp_path / "x.json", 1)

    def fail():
        with replacing(tmp_path / "x.json") as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert json.loads((tmp_path / "x.json").read_text()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
