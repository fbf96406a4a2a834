"""Sine waves: the formula, the ranges, and tasks that do not depend on how many there are."""

import jax
import numpy as np
import pytest

from fewqubit.tasks import Shape, Sinusoids

SHAPE, KEY = Shape(1, 5, 7), jax.random.key(0)


def test_support_and_query_lie_on_one_wave() -> None:
    """With known A and φ, by the closed form; with any, since sin and cos explain y exactly."""
    known = Sinusoids(amplitude=(2.0, 2.0), phase=(0.5, 0.5)).draw(KEY, SHAPE, 3)
    np.testing.assert_allclose(known.query_y, 2 * np.sin(known.query_x - 0.5), atol=1e-5)
    for task in zip(*Sinusoids().draw(KEY, SHAPE, 20), strict=True):
        x, y = (np.concatenate(parts) for parts in (task[::2], task[1::2]))
        waves = np.hstack([np.sin(x), np.cos(x)])
        found, *_ = np.linalg.lstsq(waves, y, rcond=None)
        np.testing.assert_allclose(waves @ found, y, atol=1e-4)
        amplitude, phase = np.hypot(*found).item(), np.arctan2(-found[1], found[0]).item()
        assert 0.1 <= amplitude <= 5.0
        assert -1e-3 <= phase <= np.pi + 1e-3


def test_shapes_and_ranges() -> None:
    tasks = jax.jit(Sinusoids().draw, static_argnums=(1, 2))(KEY, SHAPE, 500)
    assert [part.shape for part in tasks] == [(500, n, 1) for n in (5, 5, 7, 7)]
    x = np.concatenate([tasks.support_x, tasks.query_x], axis=1)
    assert -5 <= x.min() < -4.9 < 4.9 < x.max() <= 5
    assert not np.intersect1d(tasks.support_x, tasks.query_x).size
    power = np.square(tasks.query_y).mean()  # E A² / 2, as the 5 ends of sin² almost cancel
    assert power == pytest.approx((5**3 - 0.1**3) / (3 * 4.9) / 2, rel=0.1)


def test_a_longer_list_begins_with_the_shorter_and_other_keys_give_other_tasks() -> None:
    short, long = (Sinusoids().draw(KEY, SHAPE, n) for n in (3, 6))
    jax.tree.map(lambda a, b: np.testing.assert_array_equal(a, b[:3]), short, long)
    other = Sinusoids().draw(jax.random.key(1), SHAPE, 3)
    assert not np.intersect1d(short.support_x, other.support_x).size
