"""Feature transforms equal scikit-learn's, survive storage bit by bit, and refuse other shapes."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fewqubit.base.io.files import sha256, write_json
from fewqubit.config import Features
from fewqubit.data.features import apply, apply_all, feature_shape, load_transform, save_transform
from fewqubit.data.fitted import fit
from fewqubit.errors import ArtifactError, DataError

SCALERS = {"minmax": MinMaxScaler, "standard": StandardScaler}


@pytest.fixture
def rows(rng):
    mixed = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6)
    return mixed.astype(np.float32)


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_scaling_equals_scikit_learns(scale, rows):
    transform = fit(rows[:30], Features(scale=scale))
    expected = SCALERS[scale]().fit(rows[:30]).transform(rows)
    np.testing.assert_allclose(apply(transform, rows), expected, atol=1e-5)


@pytest.mark.parametrize("scale", ["none", "standard"])
def test_pca_equals_scikit_learns_up_to_sign(scale, rows):
    transform = fit(rows[:30], Features(scale=scale, pca=3))
    scaler = SCALERS["standard"](with_mean=scale == "standard", with_std=scale == "standard")
    scaled = scaler.fit(rows[:30])
    pca = PCA(3).fit(scaled.transform(rows[:30]))
    expected = np.abs(pca.transform(scaled.transform(rows)))
    np.testing.assert_allclose(np.abs(apply(transform, rows)), expected, atol=1e-4)
    assert feature_shape(transform) == (3,)


def test_pca_of_fewer_rows_than_columns_is_the_same(rng):
    wide = rng.normal(size=(9, 30))
    found = apply(fit(wide, Features(pca=5)), wide)
    expected = PCA(5).fit_transform(wide)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-5)


def test_pca_flattens_images(rng):
    images = rng.random((20, 3, 3), dtype=np.float32)
    transform = fit(images, Features(pca=4))
    assert apply(transform, images).shape == (20, 4)


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_a_constant_feature_becomes_zero_and_stays_tame(scale):
    rows = np.full((7, 1), 0.1, np.float32)
    transform = fit(rows, Features(scale=scale))
    np.testing.assert_array_equal(apply(transform, rows), 0)
    assert abs(apply(transform, rows + 1)).max() < 1.01


def test_no_transform_keeps_levels_but_applies_as_numbers(rng):
    images = rng.integers(0, 256, (5, 4, 4), dtype=np.uint8)
    transform = fit(images, Features(flatten=True))
    stored = apply_all(transform, images)
    assert stored.dtype == np.uint8
    assert stored.shape == (5, 16) == (5, *feature_shape(transform))
    np.testing.assert_array_equal(apply(transform, images), stored / np.float32(255))


def test_blocks_do_not_show(rows, monkeypatch):
    transform = fit(rows, Features(scale="standard", pca=2))
    monkeypatch.setattr("fewqubit.data.features.BLOCK", 7)
    np.testing.assert_allclose(apply_all(transform, rows), apply(transform, rows), atol=1e-6)
    again = fit(rows, Features(scale="standard", pca=2))
    np.testing.assert_allclose(again.components, transform.components, atol=1e-5)


def test_one_row_a_batch_and_a_batch_of_batches(rows):
    transform = fit(rows, Features(scale="standard", pca=2))
    whole = apply(transform, rows)
    np.testing.assert_allclose(apply(transform, rows[0]), whole[0], atol=1e-6)
    nested = apply(transform, rows.reshape(8, 5, 6))
    np.testing.assert_allclose(nested.reshape(40, 2), whole, atol=1e-6)


@pytest.mark.parametrize("shape", [(5,), (2, 5), ()])
def test_rows_of_another_shape_are_refused(shape, rows):
    with pytest.raises(DataError, match=r"expected rows of shape \[6\], got"):
        apply(fit(rows, Features()), np.zeros(shape, np.float32))


def test_too_many_components_are_refused(rows):
    with pytest.raises(DataError, match=r"features\.pca = 7, but 40 .* at most 6"):
        fit(rows, Features(pca=7))


@pytest.mark.parametrize("settings", [Features(), Features(scale="minmax", pca=2)])
def test_storage_keeps_every_bit(settings, rows, tmp_path):
    transform = fit(rows, settings)
    save_transform(tmp_path / "a", transform)
    back = load_transform(tmp_path / "a")
    np.testing.assert_array_equal(apply(back, rows), apply(transform, rows))
    save_transform(tmp_path / "b", back)
    for name in ("transform.npz", "transform.json"):
        assert sha256(tmp_path / "a" / name) == sha256(tmp_path / "b" / name)


def test_another_format_is_refused(rows, tmp_path):
    save_transform(tmp_path, fit(rows, Features()))
    write_json(tmp_path / "transform.json", {"format": 1})
    with pytest.raises(ArtifactError, match=r"transform\.json: expected format 2, got 1"):
        load_transform(tmp_path)


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_seconds_since_1970_and_large_numbers_survive_scaling(scale):
    seconds = 1_700_000_000.0 + np.arange(60)
    large = 1e19 * (-1.0) ** np.arange(60)
    rows = np.stack([seconds, large], axis=1)
    found = apply(fit(rows, Features(scale=scale)), rows)
    expected = SCALERS[scale]().fit_transform(rows - [1_700_000_000, 0])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_what_single_precision_would_blur_needs_scaling():
    rows = np.stack([1_700_000_000.0 + np.arange(60), np.arange(60)], axis=1)
    with pytest.raises(DataError, match=r"feature 0 .* set features\.scale"):
        fit(rows, Features())
    fit(rows[:, 1:], Features())


def test_features_far_outside_of_meta_train_are_refused(rows):
    transform = fit(np.zeros((3, 2)), Features(scale="standard"))
    with pytest.raises(DataError, match=r"row 2 has the feature 1e\+13 after scaling"):
        apply(transform, np.array([[0, 0], [1e13, 0]]))


def test_names_of_columns_travel_with_the_transform(rows, tmp_path):
    transform = fit(rows, Features())._replace(columns=list("abcdef"))
    save_transform(tmp_path, transform)
    assert load_transform(tmp_path).columns == list("abcdef")
