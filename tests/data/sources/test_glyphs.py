"""Glyphs: the same bytes everywhere, no letter twice, maps as Pillow makes them."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from fewqubit.config import Episodes, Fractions, Glyphs
from fewqubit.data.sources.glyphs import (
    CANVAS,
    ROOM,
    STRAIGHT,
    UNIT,
    Drawing,
    distinct,
    read_glyphs,
    warp,
)

EPISODES = Episodes(n_way=5, n_shot=1, n_query=5, n_validation=1, n_test=1)


def glyphs(**changes):
    return read_glyphs(Glyphs(source="glyphs", split=Fractions(), episodes=EPISODES, **changes))


@pytest.fixture(scope="module")
def greek_and_armenian():
    return glyphs(scripts=["greek", "armenian"])


def test_a_class_is_a_character_and_a_group_its_script(greek_and_armenian):
    raw = greek_and_armenian
    assert raw.x.shape == (20 * len(raw.names), 14, 14)
    assert raw.x.dtype == np.uint8
    assert (np.bincount(raw.y) == 20).all()
    assert set(raw.groups) == {"greek", "armenian"}
    assert all(name.startswith(group) for name, group in zip(raw.names, raw.groups, strict=True))
    assert {"greek small xi", "armenian small ayb"} <= set(raw.names)


def test_every_machine_makes_the_same_bytes(greek_and_armenian):
    """Of the versions of Matplotlib (the fonts) and Pillow (FreeType) that the lock names."""
    digest = hashlib.sha256(greek_and_armenian.x.tobytes()).hexdigest()
    assert digest.startswith("f09b26f00ee1d812")


def test_another_script_changes_no_row_of_a_character(greek_and_armenian):
    alone = glyphs(scripts=["armenian"])
    both = greek_and_armenian
    name = "armenian small ayb"
    rows = alone.x[alone.y == alone.names.index(name)]
    assert np.array_equal(rows, both.x[both.y == both.names.index(name)])


def test_what_looks_like_an_earlier_character_is_no_class():
    """Armenian Օ is Greek Ο to the eye; without Greek it stays."""
    assert "armenian capital oh" in glyphs(scripts=["armenian"]).names
    both = glyphs(scripts=["greek", "armenian"]).names
    assert "armenian capital oh" not in both
    assert "greek capital omicron" in both


def test_kept_images_correlate_less_than_asked():
    images = np.random.default_rng(0).normal(size=(60, 5))
    kept = distinct(images, 0.5)
    correlations = np.corrcoef(images[kept])[~np.eye(len(kept), dtype=bool)]
    assert correlations.max() < 0.5
    left_out = [number for number in range(60) if number not in kept]
    assert all(np.corrcoef(images[[number, *kept]])[0, 1:].max() >= 0.5 for number in left_out)


def test_warp_is_the_affine_map_that_pillow_makes():
    """Pillow samples the same map at three times the size; both are averaged to pixels."""
    picture = np.zeros((CANVAS, CANVAS), np.uint8)
    picture[40:70, 50:62] = 255
    picture[40:48, 50:80] = 255
    drawing = Drawing(picture, (50 + 79, 40 + 69), 30)
    bend, shift, size = np.array([[60, -200], [150, -80]]), np.array([40, -30]), 14
    ours = warp(drawing, STRAIGHT + bend, shift, size)

    reach = drawing.side * ROOM / 100
    matrix = (STRAIGHT + bend) / UNIT * reach / (3 * size)
    middle = np.array(drawing.middle) / 2 + 0.5 + reach * shift / UNIT
    offset = middle - matrix @ np.full(2, 3 * size / 2)
    coefficients = (*matrix[0], offset[0], *matrix[1], offset[1])
    fine = Image.fromarray(picture).transform(
        (3 * size, 3 * size), Image.Transform.AFFINE, coefficients, Image.Resampling.NEAREST
    )
    theirs = np.asarray(fine, float).reshape(size, 3, size, 3).mean((1, 3))
    assert np.abs(ours - theirs).max() <= 1.0 + 255 / 9  # one sample on an edge, rounded otherwise
    assert np.abs(ours - theirs).mean() < 1.0


def test_rows_of_a_class_differ_and_seeds_differ(greek_and_armenian):
    raw = greek_and_armenian
    first = raw.x[raw.y == 0].reshape(20, -1)
    assert len(np.unique(first, axis=0)) == 20
    other = glyphs(scripts=["greek", "armenian"], data_seed=1)
    assert other.names == raw.names
    assert not np.array_equal(other.x, raw.x)
