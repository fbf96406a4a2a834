"""A task holds the rows that its episode names, with class-major labels."""

import numpy as np

from fewqubit.tasks import Episode, gather

X = np.arange(20, dtype=np.float32)[:, None] * np.ones((1, 3), np.float32)


def test_gather_takes_the_named_rows_and_labels_them_class_major():
    episode = Episode(np.array([7, 2]), np.array([5, 1, 9, 3]), np.array([0, 2]))
    task = gather(episode, X)
    np.testing.assert_array_equal(task.support_x, X[[5, 1, 9, 3]])
    np.testing.assert_array_equal(task.query_x, X[[0, 2]])
    np.testing.assert_array_equal(task.support_y, [0, 0, 1, 1])
    np.testing.assert_array_equal(task.query_y, [0, 1])


def test_gather_batches_over_leading_axes():
    rows = np.arange(12).reshape(3, 4)
    task = gather(Episode(np.zeros((3, 2), int), rows, rows[:, :2]), X.reshape(20, 3, 1))
    assert task.support_x.shape == (3, 4, 3, 1)
    assert task.support_y.shape == (3, 4)
    np.testing.assert_array_equal(task.query_y, [[0, 1]] * 3)


def test_an_empty_support_is_a_task_too():
    task = gather(Episode(np.array([0, 1]), np.zeros(0, int), np.array([3, 4])), X)
    assert task.support_x.shape == (0, 3)
    assert task.support_y.shape == (0,)
