"""Artefact files: whole or absent, byte-identical, readable without pickle."""

import errno
import json
import os

import numpy as np
import pytest

from fewqubit.base.io.files import (
    read_json,
    read_npz,
    replacing,
    sha256,
    write_bytes,
    write_json,
    write_npz,
    write_text,
)
from fewqubit.errors import ArtifactError, NumbersError


def test_json_round_trip_makes_numpy_plain(tmp_path):
    write_json(tmp_path / "a" / "b.json", {"n": np.int64(3), "x": np.arange(2), "é": [1.5]})
    assert read_json(tmp_path / "a" / "b.json") == {"n": 3, "x": [0, 1], "é": [1.5]}


def test_json_refuses_what_json_cannot_say(tmp_path):
    with pytest.raises(NumbersError, match=r"x\.json: a\.1 is NaN or infinite"):
        write_json(tmp_path / "x.json", {"b": 1.0, "a": [0.0, np.float32("nan")]})
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


@pytest.mark.parametrize("text", ["NaN", '{"a": [1, -Infinity]}', "[" * 100_000, "\x00"])
def test_json_that_is_none_is_one_line(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ArtifactError, match=r"^[^\n]*x\.json: expected JSON[^\n]*$"):
        read_json(tmp_path / "x.json")


def test_arrays_hold_numbers_or_are_neither_written_nor_read(tmp_path):
    holed = np.array([[0.0, 1.0], [2.0, np.nan]])
    with pytest.raises(NumbersError, match=r"array 'x': expected numbers, got nan at row 1, pl"):
        write_npz(tmp_path / "x.npz", {"x": holed})
    np.savez(tmp_path / "y.npz", x=holed)
    with pytest.raises(ArtifactError, match="array 'x' holds NaN"):
        read_npz(tmp_path / "y.npz")


def test_what_the_system_refuses_is_one_line(tmp_path, monkeypatch):
    with pytest.raises(ArtifactError, match=r"cannot be written: File name too long; choose a sho"):
        write_json(tmp_path / ("x" * 256), 1)
    with pytest.raises(ArtifactError, match="cannot be read: File name too long"):
        read_json(tmp_path / ("x" * 256))
    write_json(tmp_path / ("x" * 255), 1)  # the temporary name is no longer
    (tmp_path / "file").touch()
    with pytest.raises(ArtifactError, match=r"cannot be written: (Not a directory|File exists)"):
        write_json(tmp_path / "file" / "x.json", 1)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(ArtifactError, match="No space left on device; free some space"):
        write_json(tmp_path / "x.json", 1)
    assert not (tmp_path / "x.json").exists()


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
