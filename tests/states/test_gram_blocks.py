"""Blocks do not show in the result, and bound the memory."""

import subprocess
import sys
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.states import gram_blocks
from fewqubit.states.gram_blocks import block_rows, cross_in_blocks, gram_in_blocks, map_in_blocks
from fewqubit.states.kernels import fidelity_cross, projected_cross

RANDOM = np.random.default_rng(0)
STATES = RANDOM.normal(size=(23, 8)) + 1j * RANDOM.normal(size=(23, 8))
STATES = (STATES / np.linalg.norm(STATES, axis=1, keepdims=True)).astype(np.complex64)
FEATURES = RANDOM.normal(size=(23, 3, 3)).astype(np.float32)
PROJECTED = partial(projected_cross, gamma=0.3)


@pytest.mark.parametrize(("kernel", "rows"), [(fidelity_cross, STATES), (PROJECTED, FEATURES)])
@pytest.mark.parametrize("bytes_", [2**12, 2**27])
def test_blocks_do_not_show(monkeypatch, kernel, rows, bytes_):
    monkeypatch.setattr(gram_blocks, "BLOCK_BYTES", bytes_)
    expected = np.asarray(kernel(jnp.asarray(rows), jnp.asarray(rows)))
    gram = gram_in_blocks(kernel, rows)
    np.testing.assert_allclose(gram, expected, atol=1e-6)
    np.testing.assert_array_equal(gram, gram.T)
    np.testing.assert_array_equal(np.diag(gram), 1)
    np.testing.assert_allclose(cross_in_blocks(kernel, rows[:5], rows), expected[:5], atol=1e-6)


def test_a_block_of_any_row_keeps_to_the_bound():
    for row_bytes in (8, 8 * 2**10, 8 * 2**14):
        b = block_rows(row_bytes)
        assert 8 * b * row_bytes + 20 * b**2 <= gram_blocks.BLOCK_BYTES
        assert 8 * (b + 1) * row_bytes + 20 * (b + 1) ** 2 > gram_blocks.BLOCK_BYTES


def test_the_result_may_lie_in_a_file(tmp_path):
    out = np.lib.format.open_memmap(tmp_path / "gram.npy", "w+", np.float32, (23, 23))
    assert gram_in_blocks(fidelity_cross, STATES, out) is out
    np.testing.assert_array_equal(out, gram_in_blocks(fidelity_cross, STATES))


MEASURE = """
import resource, sys
import numpy as np
from fewqubit.states import gram_blocks
from fewqubit.states.kernels import fidelity_cross
unit = 1 if sys.platform == "darwin" else 1024
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
gram_blocks.BLOCK_BYTES = 2**24
rows = np.ones((6000, 16), np.complex64) / 4
gram_blocks.gram_in_blocks(fidelity_cross, rows[:1500])
before = peak()
gram = gram_blocks.gram_in_blocks(fidelity_cross, rows)
print(peak() - before, gram.nbytes)
"""


def test_peak_memory_stays_within_the_bound():
    """6000 rows: a result of 144 MB, whose complex overlaps at once would be twice that more."""
    answer = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, check=True)
    grown, result = (int(number) for number in answer.stdout.split())
    assert grown < result + 2 * 2**24


@pytest.mark.parametrize("n_rows", [0, 1, 5, 23])
def test_a_function_of_rows_goes_by_batches_of_one_shape(monkeypatch, n_rows):
    monkeypatch.setattr(gram_blocks, "BLOCK_BYTES", 2**10)
    seen = []

    def double(rows):
        seen.append(rows.shape)
        return 2 * rows

    rows = FEATURES.reshape(23, 9)[:n_rows]
    np.testing.assert_array_equal(map_in_blocks(double, rows, 36), 2 * rows)
    assert len(set(seen)) == 1


def test_a_few_rows_are_filled_up_to_their_own_size_beside_many(monkeypatch):
    monkeypatch.setattr(gram_blocks, "BLOCK_BYTES", 2**14)
    seen = set()

    def kernel(left, right):
        seen.add((len(left), len(right)))
        return fidelity_cross(left, right)

    cross_in_blocks(kernel, STATES[:3], STATES)
    assert seen == {(4, block_rows(64))}
