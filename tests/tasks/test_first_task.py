"""The first test episode as a table: the same rows as in the manifest, before the transform."""

import csv

import numpy as np
import pytest

from fewqubit.data import RawData
from fewqubit.errors import DataError
from fewqubit.tasks import Episode
from fewqubit.tasks.first_task import row_columns, write_first_task

NAMES = ["cat", "dog", "owl"]


def _raw(x, columns=None):
    return RawData(x, np.array([0, 0, 1, 1, 2, 2], np.int32), NAMES, NAMES, columns)


MANIFEST = Episode(
    class_ids=np.array([[2, 0]]), support_rows=np.array([[5, 0]]), query_rows=np.array([[4, 1]])
)


def test_support_has_labels_and_queries_have_none(tmp_path):
    x = np.linspace(0, 1, 12, dtype=np.float32).reshape(6, 2)
    raw = _raw(x, ["u", "v"])
    write_first_task(tmp_path / "task.csv", raw, row_columns(raw), MANIFEST)
    header, *rows = csv.reader((tmp_path / "task.csv").open())
    assert header == ["label", "u", "v"]
    assert [row[0] for row in rows] == ["owl", "cat", "", ""]
    numbers = np.array([row[1:] for row in rows], np.float32)
    np.testing.assert_array_equal(numbers, x[[5, 0, 4, 1]])


def test_pixels_are_numbered_and_stored_levels_become_fractions(tmp_path):
    raw = _raw(np.full((6, 1, 2), 51, np.uint8))
    write_first_task(tmp_path / "task.csv", raw, row_columns(raw), MANIFEST)
    lines = (tmp_path / "task.csv").read_text().splitlines()
    assert lines[:2] == ["label,pixel_0,pixel_1", "owl,0.2,0.2"]


def test_plain_numbers_without_names_are_not_called_pixels():
    assert row_columns(_raw(np.zeros((6, 2), np.float32))) == ["feature_0", "feature_1"]


@pytest.mark.parametrize("name", ["label", "task"])
def test_a_name_that_requests_need_is_refused(name):
    with pytest.raises(DataError, match=f"'{name}'.*rename"):
        row_columns(_raw(np.zeros((6, 2), np.float32), ["u", name]))
