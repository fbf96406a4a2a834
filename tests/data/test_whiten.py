"""Whitening within classes: against its definition, and as a part of the transform."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.linalg import sqrtm

from fewqubit.config import Features
from fewqubit.data import apply_all, feature_shape, fit, load_transform, save_transform
from fewqubit.data.whiten import within_classes
from fewqubit.errors import DataError, SettingsError

Y = np.repeat(np.arange(6), 30)


@pytest.fixture
def rows(rng):
    """Classes whose rows spread a hundred times as far in one direction as in the others."""
    centres = rng.normal(size=(6, 5))
    return centres[Y] + rng.normal(size=(len(Y), 5)) * [10, 0.1, 0.1, 0.1, 0.1]


@pytest.mark.parametrize("shrinkage", [0.01, 1.0, 100.0])
def test_it_is_the_inverse_root_of_the_shrunk_covariance_within_classes(rows, shrinkage):
    mean, whole = within_classes(rows, Y, shrinkage)
    within = np.concatenate([rows[k == Y] - rows[k == Y].mean(0) for k in range(6)])
    covariance = within.T @ within / len(rows)
    ridge = shrinkage * np.trace(covariance) / 5
    np.testing.assert_allclose(mean, rows.mean(0))
    np.testing.assert_allclose(whole, sqrtm(np.linalg.inv(covariance + ridge * np.eye(5))).real)


def test_rows_that_do_not_vary_within_classes_are_left_alone():
    mean, whole = within_classes(np.eye(6)[Y], Y, 1.0)
    np.testing.assert_array_equal(whole, np.eye(6))
    np.testing.assert_allclose(mean, np.full(6, 1 / 6))


def test_what_a_class_varies_in_anyhow_counts_no_more(rows):
    features = apply_all(fit(rows, Features(whiten=0.001), y=Y), rows)
    spread = np.concatenate([features[k == Y] - features[k == Y].mean(0) for k in range(6)]).std(0)
    np.testing.assert_allclose(spread, spread[0], rtol=0.5)


def test_axes_behind_it_are_those_of_the_whitened_rows(rows, tmp_path):
    transform = fit(rows, Features(whiten=0.1, pca=2), y=Y)
    assert feature_shape(transform) == (2,)
    features = apply_all(transform, rows)
    whole = apply_all(fit(rows, Features(whiten=0.1), y=Y), rows).astype(float)
    values = np.linalg.eigvalsh(np.cov(whole.T, bias=True))[::-1]
    np.testing.assert_allclose(features.var(0), values[:2], rtol=1e-4)
    np.testing.assert_allclose(features.mean(0), 0, atol=1e-5)
    save_transform(tmp_path, transform)
    np.testing.assert_array_equal(apply_all(load_transform(tmp_path), rows), features)


def test_without_classes_it_is_one_line(rows):
    with pytest.raises(DataError, match=r"features\.whiten: expected the classes"):
        fit(rows, Features(whiten=1.0))


def test_directions_in_which_classes_differ_weigh_more(rows):
    """A has the eigenvalues 1 + b λ/mean λ along the whitened means, and 1 across them."""
    _, plain = within_classes(rows, Y, 1.0)
    _, weighed = within_classes(rows, Y, 1.0, between=2.0)
    means = np.stack([rows[k == Y].mean(0) for k in range(6)]) @ plain
    around = np.cov((means - means.mean(0)).T, bias=True)
    values = np.linalg.eigvalsh(around)
    expected = sqrtm(np.eye(5) + 2.0 * around / values[values > 1e-9].mean()).real @ plain
    np.testing.assert_allclose(weighed, expected, atol=1e-8)


def test_of_several_numbers_none_is_taken_in_silence(rows):
    with pytest.raises(SettingsError, match="expected one number each of whiten, between"):
        fit(rows, Features(whiten=[1.0, 3.0]), y=Y)
    with pytest.raises(ValidationError, match="expected whiten beside between"):
        Features(between=0.5)
    with pytest.raises(ValidationError, match="expected whiten beside contrast"):
        Features(contrast=[0.0, 0.5])
