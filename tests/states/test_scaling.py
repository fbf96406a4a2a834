"""Inputs have deviation 1 on the rows fitted on, along the directions of largest variance."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from fewqubit.errors import SettingsError
from fewqubit.states.scaling import apply_scaling, fit_scaling


def test_scaling_is_whitened_pca_up_to_sign():
    rows = np.random.default_rng(0).normal(size=(200, 6)) @ np.diag([5, 4, 3, 2, 1, 0.5])
    scaling = fit_scaling(rows, 3)
    expected = PCA(3, whiten=True).fit_transform(rows) * np.sqrt(200 / 199)
    got = apply_scaling(scaling, rows)
    np.testing.assert_allclose(np.abs(got), np.abs(expected), atol=1e-5)
    assert got.dtype == np.float32
    largest = np.abs(scaling.components).argmax(axis=0)
    assert (scaling.components[largest, range(3)] > 0).all()


def test_as_many_features_as_inputs_keep_their_order_and_a_constant_one_is_zero():
    rows = np.array([[1, 0, 9], [3, 10, 9]], np.uint8)
    got = apply_scaling(fit_scaling(rows, 3), rows)
    np.testing.assert_allclose(got, [[-1, -1, 0], [1, 1, 0]])


def test_too_few_features_are_refused():
    with pytest.raises(SettingsError, match="takes 4 inputs, the data set has 3 features"):
        fit_scaling(np.zeros((5, 3)), 4)
