"""Distorted images against scipy's affine maps, and what must stay as it is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import affine_transform

from fewqubit.errors import SettingsError
from fewqubit.meta.disturb import distorted, seen_through
from fewqubit.tasks import Task

KEY = jax.random.key(0)
RANDOM = np.random.default_rng(0)


def task(*shape: int) -> Task:
    x = jnp.asarray(RANDOM.random((4, *shape)), jnp.float32)
    return Task(x[:2], jnp.arange(2), x[2:], jnp.arange(2))


@pytest.mark.parametrize("shape", [(9, 9), (7, 12)])
def test_is_the_affine_map_of_scipy(shape: tuple[int, int]) -> None:
    image = RANDOM.random(shape)
    change = 0.2 * RANDOM.normal(size=(2, 3))
    half = (np.array(shape) - 1) / 2
    linear = np.eye(2) + change[:, :2]
    in_pixels = half[:, None] * linear / half
    offset = half * (1 + change[:, 2] - linear.sum(axis=1))
    expected = affine_transform(image, in_pixels, offset, order=1, mode="nearest")
    seen = seen_through(jnp.asarray(change), jnp.asarray(image)[..., None])
    np.testing.assert_allclose(seen[..., 0], expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_every_image_is_seen_in_its_own_way_and_no_label_moves(shape: tuple[int, ...]) -> None:
    plain = task(*shape)
    twice = plain._replace(support_x=jnp.stack([plain.support_x[0]] * 2))
    seen = distorted(KEY, twice, 0.1)
    assert seen.support_x.shape == twice.support_x.shape
    assert not np.allclose(seen.support_x[0], seen.support_x[1])
    assert not np.allclose(seen.query_x, twice.query_x)
    np.testing.assert_array_equal(seen.support_y, twice.support_y)
    np.testing.assert_array_equal(seen.query_y, twice.query_y)


def test_a_small_one_changes_little_and_channels_move_together() -> None:
    grey = task(8, 8)
    np.testing.assert_allclose(distorted(KEY, grey, 1e-6).query_x, grey.query_x, atol=1e-4)
    colour = Task(*(jnp.stack([p] * 3, -1) if p.ndim == 3 else p for p in grey))
    seen = distorted(KEY, colour, 0.1).support_x
    np.testing.assert_array_equal(seen[..., 0], seen[..., 2])


def test_features_that_are_no_images_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"expected images .* got features of shape \[5\]"):
        distorted(KEY, task(5), 0.1)
