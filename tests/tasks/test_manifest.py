"""A manifest is frozen: the same key, file and hash give the same episodes, forever."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.base.io.files import sha256, write_npz
from fewqubit.base.keys import root_key, stream
from fewqubit.errors import ArtifactError
from fewqubit.tasks import (
    Episode,
    asked_hash,
    class_index,
    draw_manifest,
    load_manifest,
    manifest_hash,
    save_manifest,
    tasks_of,
)

FROZEN = "e990642f8940e666513656e916f49f928b3cde4915ea794e95eac864e9f65ce6"
Y = np.repeat(np.arange(5), 7)
INDEX = class_index(Y, range(5))


def _manifest(n_episodes=6, *names):
    return draw_manifest(stream(root_key(3), "manifest", *names), INDEX, 3, 2, 4, n_episodes)


def test_shapes_and_types():
    manifest = _manifest()
    assert [part.shape for part in manifest] == [(6, 3), (6, 6), (6, 12)]
    assert {part.dtype for part in manifest} == {np.dtype(np.int32)}


def test_support_and_query_never_share_a_row():
    for support, query in zip(*_manifest(50)[1:], strict=True):
        assert not set(support.tolist()) & set(query.tolist())


def test_these_episodes_stay_these():
    """Frozen on purpose: a change here silently changes every published number."""
    assert manifest_hash(_manifest()) == FROZEN


def test_the_same_stream_repeats_and_another_differs():
    assert manifest_hash(_manifest()) == manifest_hash(_manifest())
    assert manifest_hash(_manifest(6, "other")) != manifest_hash(_manifest())


def test_a_longer_manifest_starts_with_the_shorter_one():
    for short, long in zip(_manifest(4), _manifest(9), strict=True):
        np.testing.assert_array_equal(short, long[:4])


def test_file_round_trip_with_repeatable_bytes(tmp_path):
    manifest = _manifest()
    save_manifest(tmp_path / "a.npz", manifest)
    save_manifest(tmp_path / "b.npz", load_manifest(tmp_path / "a.npz"))
    assert sha256(tmp_path / "a.npz") == sha256(tmp_path / "b.npz")
    assert manifest_hash(load_manifest(tmp_path / "a.npz")) == manifest_hash(manifest)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2), st.integers(0, 5), st.integers(0, 2))
def test_the_hash_sees_every_number(part, episode, place):
    manifest = _manifest()
    changed = [np.array(rows) for rows in manifest]
    changed[part][episode, place] += 1
    assert manifest_hash(Episode(*changed)) != manifest_hash(manifest)


X = np.arange(70, dtype=np.float32).reshape(35, 2)
NAMES = list("abcde")


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_what_is_asked_is_the_contents_of_the_rows(dtype):
    """Other data of the same shape draws the same row numbers, and asks something else."""
    manifest, x = _manifest(1), X.astype(dtype)
    asked = asked_hash(manifest, x, NAMES)
    drawn = {int(row) for part in manifest[1:] for row in part.ravel()}
    for row in range(len(x)):
        other = x.copy()
        other[row, 1] += 1
        assert (asked_hash(manifest, other, NAMES) != asked) == (row in drawn)
    assert asked_hash(manifest, x.byteswap().view(x.dtype.newbyteorder()), NAMES) == asked


def test_what_is_asked_is_the_names_of_the_classes():
    manifest = _manifest(1)
    asked = asked_hash(manifest, X, NAMES)
    for number in range(len(NAMES)):
        renamed = [*NAMES[:number], "other", *NAMES[number + 1 :]]
        assert (asked_hash(manifest, X, renamed) != asked) == (number in manifest.class_ids)
    assert asked_hash(_manifest(1, "other"), X, NAMES) != asked


def test_a_file_of_something_else_is_refused(tmp_path):
    write_npz(tmp_path / "x.npz", {"class_ids": np.zeros(3)})
    with pytest.raises(ArtifactError, match=r"x\.npz: expected a manifest with class_ids, support"):
        load_manifest(tmp_path / "x.npz")


def test_tasks_of_gathers_all_or_a_slice():
    x = jax.numpy.arange(35.0)[:, None]
    manifest = _manifest()
    tasks = tasks_of(manifest, x)
    np.testing.assert_array_equal(tasks.support_x[..., 0], manifest.support_rows)
    np.testing.assert_array_equal(tasks.support_y[5], [0, 0, 1, 1, 2, 2])
    part = tasks_of(manifest, x, slice(2, 4))
    np.testing.assert_array_equal(part.query_x, tasks.query_x[2:4])
