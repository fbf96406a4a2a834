import numpy as np
import pytest

from fewqubit.base.keys import root_key
from fewqubit.evaluate.shots import nested_support, shots
from fewqubit.tasks import class_index, draw_manifest

N_WAY, N_SHOT, N_QUERY, EPISODES = 3, 2, 4, 20


@pytest.fixture(scope="module")
def y():
    return np.repeat(np.arange(5), [12, 9, 10, 12, 11])


@pytest.fixture(scope="module")
def x(y):
    return np.arange(len(y))[:, None]


@pytest.fixture(scope="module")
def manifest(y):
    return draw_manifest(root_key(0), class_index(y, range(5)), N_WAY, N_SHOT, N_QUERY, EPISODES)


@pytest.fixture(scope="module")
def nested(manifest, x, y):
    return nested_support(root_key(1), manifest, x, y, [1, 2, 5, 10])


def test_the_manifests_own_support_comes_first(manifest, nested):
    np.testing.assert_array_equal(
        shots(manifest, nested, N_SHOT).support_rows, manifest.support_rows
    )


def test_every_class_gives_what_the_smallest_can(nested):
    assert nested.shape == (EPISODES, N_WAY, 9 - N_QUERY)


def test_rows_are_of_their_class_distinct_and_never_asked(manifest, nested, y):
    np.testing.assert_array_equal(
        y[nested], np.broadcast_to(manifest.class_ids[..., None], nested.shape)
    )
    for rows, query in zip(nested.reshape(EPISODES, -1), manifest.query_rows, strict=True):
        assert len({*rows.tolist(), *query.tolist()}) == len(rows) + len(query)


def test_the_sizes_bound_the_shots_and_the_key_names_them(manifest, nested, x, y):
    assert nested_support(root_key(1), manifest, x, y, [1]).shape[-1] == N_SHOT
    np.testing.assert_array_equal(
        nested, nested_support(root_key(1), manifest, x, y, [1, 2, 5, 10])
    )
    assert (nested != nested_support(root_key(2), manifest, x, y, [1, 2, 5, 10])).any()


def test_rows_equal_to_one_that_is_asked_about_are_never_labelled(manifest, y):
    x = np.arange(len(y))[:, None] // 2  # pairs of equal rows
    nested = nested_support(root_key(1), manifest, x, y, [10])[..., N_SHOT:]
    query = manifest.query_rows.reshape(EPISODES, N_WAY, N_QUERY)
    for place in np.ndindex(EPISODES, N_WAY):
        same_class = x[query[place], 0][y[query[place]] == manifest.class_ids[place]]
        assert not np.isin(x[nested[place], 0], same_class).any()
