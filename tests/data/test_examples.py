"""Stored examples come back as float32 whatever they were stored as."""

import numpy as np
import pytest

from fewqubit.base.io.files import write_npz
from fewqubit.data.examples import load_examples, save_examples
from fewqubit.errors import ArtifactError


def test_floats_come_back_bit_by_bit(tmp_path, rng):
    x, y = rng.random((4, 3)), np.arange(4)
    save_examples(tmp_path / "x.npz", x, y)
    back = load_examples(tmp_path / "x.npz")
    np.testing.assert_array_equal(back.x, x.astype(np.float32))
    np.testing.assert_array_equal(back.y, y)
    assert (back.x.dtype, back.y.dtype) == (np.float32, np.int32)


def test_levels_take_a_byte_and_come_back_as_numbers(tmp_path, rng):
    x = rng.integers(0, 256, (100, 28, 28), dtype=np.uint8)
    save_examples(tmp_path / "x.npz", x, np.zeros(100))
    assert (tmp_path / "x.npz").stat().st_size < 1.05 * x.size
    back = load_examples(tmp_path / "x.npz").x
    assert back.dtype == np.float32
    np.testing.assert_array_equal(np.rint(back * 255), x)


def test_something_else_is_refused(tmp_path):
    write_npz(tmp_path / "x.npz", {"x": np.zeros(3)})
    with pytest.raises(ArtifactError, match=r"x\.npz: expected examples x and y"):
        load_examples(tmp_path / "x.npz")
