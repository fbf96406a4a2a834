"""What is kept of scikit-learn's ColumnTransformer does what it does."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

from fewqubit.config import Features
from fewqubit.data import apply, apply_all, fit, load_transform, save_transform
from fewqubit.data.mixed.encoding import (
    encode,
    fit_encoding,
    packed_encoding,
    unpacked_encoding,
)
from fewqubit.data.mixed.schema import Column, Schema

SCHEMA = Schema(
    (
        Column("colour", "category", ("blue", "green", "red")),
        Column("size", "number"),
        Column("town", "category", ("Oslo", "Rome")),
        Column("when", "date"),
    )
)
CELLS = st.sampled_from([np.nan, 0.0, 1.0, 2.0])
ROWS = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(4)), elements=CELLS)


def sklearns(rows):
    amounts = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    choices = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("a", amounts, [1, 3]), ("c", choices, [0, 2])]).fit(rows)


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_it_is_the_column_transformer(fitted_on, others):
    encoding = fit_encoding(fitted_on, SCHEMA)
    there = sklearns(fitted_on)
    for rows in (fitted_on, others):
        mine, theirs = encode(encoding, rows), there.transform(rows)
        assert mine.shape[1] == encoding.width
        np.testing.assert_array_equal(mine[: len(rows)], theirs)
        np.testing.assert_array_equal(encode(encoding, rows[0]), mine[0])


@settings(max_examples=40)
@given(ROWS)
def test_it_travels_as_json(rows):
    encoding = fit_encoding(rows, SCHEMA)
    again = unpacked_encoding(json.loads(json.dumps(packed_encoding(encoding), allow_nan=False)))
    np.testing.assert_array_equal(encode(again, rows), encode(encoding, rows))
    assert again.schema == SCHEMA


def test_amounts_are_scaled_and_marks_are_not(tmp_path, rng):
    rows = np.stack([rng.integers(3, size=50), rng.normal(5, 3, 50)] * 2, axis=1) * 1.0
    rows[:, 2] %= 2
    rows[4, 1] = np.nan
    transform = fit(rows, Features(scale="standard"), SCHEMA)
    x = apply(transform, rows)
    np.testing.assert_allclose(x[:, :2].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(x[:, :2].std(axis=0), 1, atol=1e-6)
    assert set(np.unique(x[:, 2:])) == {0, 1}
    save_transform(tmp_path, transform)
    np.testing.assert_array_equal(apply_all(load_transform(tmp_path), rows), x)
    reduced = fit(rows, Features(scale="standard", pca=3), SCHEMA)
    assert apply(reduced, rows).shape == (50, 3)


@pytest.mark.parametrize("only", [SCHEMA.columns[:1], SCHEMA.columns[1:2]])
def test_tables_of_categories_alone_or_of_numbers_alone(only):
    encoding = fit_encoding(np.array([[0.0], [np.nan]]), Schema(only))
    assert encode(encoding, np.array([[np.nan], [0.0]])).shape == (2, 2)
