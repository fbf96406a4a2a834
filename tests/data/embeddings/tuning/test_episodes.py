"""Tasks of texts are drawn as asked, and answers counted as the definition says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewqubit.data.embeddings.tuning.episodes import Size, draw, share_right, usable
from fewqubit.errors import DataError


@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_a_task_has_different_rows_of_different_classes(n_way, n_shot, n_query, seed):
    y = np.repeat(np.arange(4), [9, 9, 9, 1])
    size = Size(n_way, n_shot, n_query)
    rows = draw(np.random.default_rng(seed), usable(y, size, "meta-train"), size)
    assert rows.shape == (min(n_way, 3), n_shot + n_query)
    assert len(np.unique(rows)) == rows.size
    assert (y[rows] == y[rows][:, :1]).all()
    assert len(np.unique(y[rows][:, 0])) == len(rows)


def test_classes_with_too_few_rows_are_left_out_and_none_is_one_line():
    with pytest.raises(DataError, match="expected two validation classes or more with 3 different"):
        usable(np.array([0, 0, 0, 1]), Size(2, 1, 2), "validation")


def test_right_answers_are_those_of_the_nearest_mean_by_angle():
    vectors = np.array([[1, 0], [9, 1], [0, 2], [1, 0.9]], float)
    task = np.array([[[0, 1], [2, 3]]])  # rows 0 and 2 are shown
    assert share_right(vectors, task, 1) == 0.5
    assert share_right(vectors * [[1], [5], [3], [0.1]], task, 1) == 0.5, "lengths do not count"
