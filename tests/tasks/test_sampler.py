"""Sampled episodes: disjoint rows, true classes, uniform draws, whatever the class sizes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.errors import DataError
from fewqubit.tasks import class_index, sample_task
from fewqubit.tasks.sampler import check_enough

sample = jax.jit(sample_task, static_argnums=(2, 3, 4))
many = jax.jit(jax.vmap(lambda key, index: sample_task(key, index, 2, 2, 2), (0, None)))


@st.composite
def _worlds(draw):
    """Labels of 3 to 6 classes of unequal size in shuffled rows, and an episode shape that fits."""
    n_shot, n_query = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    sizes = draw(st.lists(st.integers(n_shot + n_query, 9), min_size=3, max_size=6))
    y = np.repeat(np.arange(len(sizes)), sizes)
    y = np.random.default_rng(draw(st.integers(0, 99))).permutation(y)
    chosen = draw(st.sets(st.integers(0, len(sizes) - 1), min_size=2))
    n_way = draw(st.integers(2, len(chosen)))
    return y, sorted(chosen), n_way, n_shot, n_query


@settings(max_examples=15, deadline=None)
@given(_worlds(), st.integers(0, 2**31 - 1))
def test_an_episode_is_what_it_says(world, seed):
    y, chosen, n_way, n_shot, n_query = world
    episode = sample_task(jax.random.key(seed), class_index(y, chosen), n_way, n_shot, n_query)
    classes, support, query = (np.asarray(part) for part in episode)
    assert len(set(classes.tolist())) == n_way
    assert set(classes.tolist()) <= set(chosen)
    everything = np.concatenate([support, query])
    assert len(set(everything.tolist())) == n_way * (n_shot + n_query)
    np.testing.assert_array_equal(y[support], np.repeat(classes, n_shot))
    np.testing.assert_array_equal(y[query], np.repeat(classes, n_query))


@settings(max_examples=15)
@given(
    st.lists(st.integers(2, 9), min_size=2, max_size=4),
    st.integers(1, 7),
    st.booleans(),
    st.integers(0, 2**31 - 1),
)
def test_classes_of_few_rows_ask_all_of_them_in_turn(sizes, n_query, paired, seed):
    y = np.repeat(np.arange(len(sizes)), sizes)
    equal = [[0, len(y) - 1]] if paired else []  # of two classes: nothing is equal within one
    index = class_index(y, range(len(sizes)), equal_rows=equal)
    check_enough(index, 2, 1, n_query, [str(n) for n in range(9)], "here", repeat=True)
    classes, support, query = sample(jax.random.key(seed), index, 2, 1, n_query)
    for class_id, shown, asked in zip(classes, support, query.reshape(2, -1), strict=True):
        rows = np.asarray(asked).tolist()
        assert (y[rows] == class_id).all()
        assert int(shown) not in rows
        left = min(sizes[int(class_id)] - 1, n_query)
        counts = [rows.count(row) for row in set(rows)]
        assert len(counts) == left
        assert max(counts) - min(counts) <= 1  # rows of a class weigh the same, up to the last turn
        assert n_query != left or max(counts) == 1


def test_too_few_rows_are_refused_unless_queries_may_be_repeated():
    index, names = class_index(np.array([0, 0, 1, 1, 1]), [0, 1]), ["a", "b"]
    with pytest.raises(DataError, match=r"'a' has 2; .*or set episodes\.repeat_queries"):
        check_enough(index, 2, 1, 2, names, "here")
    check_enough(index, 2, 1, 2, names, "here", repeat=True)
    with pytest.raises(DataError, match=r"n_shot \+ n_query = 3 examples of each class, but 'a'"):
        check_enough(index, 2, 2, 5, names, "here", repeat=True)


def test_same_key_same_episode_and_vmap_equals_a_loop():
    index = class_index(np.repeat(np.arange(6), 8), range(6))
    keys = jax.random.split(jax.random.key(1), 5)
    batch = jax.vmap(lambda key: sample_task(key, index, 3, 1, 2))(keys)
    for place, key in enumerate(keys):
        one = sample(key, index, 3, 1, 2)
        for part, whole in zip(one, batch, strict=True):
            np.testing.assert_array_equal(part, whole[place])


def test_classes_and_rows_are_drawn_uniformly():
    sizes = np.array([4, 6, 12, 5])
    index = class_index(np.repeat(np.arange(4), sizes), range(4))
    keys = jax.random.split(jax.random.key(0), 6000)
    episodes = jax.vmap(lambda key: sample_task(key, index, 2, 1, 2))(keys)
    share = np.bincount(np.ravel(episodes.class_ids), minlength=4) / 12000
    np.testing.assert_allclose(share, 0.25, atol=0.02)  # 5 standard deviations
    for rows, each in ((episodes.support_rows, 1), (episodes.query_rows, 2)):
        drawn = np.bincount(np.ravel(rows), minlength=27)
        expected = np.repeat(3000 * each / sizes, sizes)
        np.testing.assert_allclose(drawn, expected, atol=5 * np.sqrt(expected.max()))


def test_a_class_without_examples_is_refused():
    with pytest.raises(DataError, match=r"none of class \[3\]"):
        class_index(np.array([0, 0, 1]), [0, 3])


def test_too_few_classes_or_rows_are_named():
    index = class_index(np.array([0, 0, 0, 1, 1]), [0, 1])
    check_enough(index, 2, 1, 1, ["cat", "dog"], "pets")
    with pytest.raises(
        DataError, match=r"pets: a 5-way task needs 5 classes, but there are 2: cat, dog"
    ):
        check_enough(index, 5, 1, 1, ["cat", "dog"], "pets")
    with pytest.raises(DataError, match=r"pets: .* = 3 examples of each class, but 'dog' has 2"):
        check_enough(index, 2, 1, 2, ["cat", "dog"], "pets")


def test_a_task_within_one_group_stays_there():
    groups = ["b", "a", "b", "a", "b", "unused"]
    index = class_index(np.repeat(np.arange(6), 4), range(5), groups)
    keys = jax.random.split(jax.random.key(0), 4000)
    drawn = np.asarray(jax.vmap(lambda key: sample_task(key, index, 2, 1, 2))(keys).class_ids)
    of = np.array([groups[class_id] for class_id in range(5)])[drawn]
    assert (of[:, 0] == of[:, 1]).all()
    assert abs((of[:, 0] == "b").mean() - 3 / 5) < 0.04
    assert {*np.unique(drawn)} == {*range(5)}


def test_a_group_with_too_few_classes_is_refused():
    index = class_index(np.repeat(np.arange(3), 4), range(3), ["a", "a", "b"])
    with pytest.raises(DataError, match=r"in each, but one has 1; lower episodes.n_way"):
        check_enough(index, 2, 1, 2, ["u", "v", "w"], "here")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_equal_rows_are_on_one_side_of_a_task(data):
    y = np.repeat(np.arange(3), 8)
    contents = np.array([data.draw(st.lists(st.integers(0, 5), min_size=8, max_size=8))] * 3)
    contents = (contents + 10 * np.arange(3)[:, None]).ravel()
    equal = [np.flatnonzero(contents == one).tolist() for one in np.unique(contents)]
    index = class_index(y, range(3), equal_rows=[rows for rows in equal if len(rows) > 1])
    largest = [np.sort(np.bincount(row))[::-1][:2].sum() for row in contents.reshape(3, 8)]
    if 8 - max(largest) < 2:  # two support rows may be equal to all but one
        with pytest.raises(DataError, match="of which may be equal to a support row"):
            check_enough(index, 2, 2, 2, ["a", "b", "c"], "here")
        return
    check_enough(index, 2, 2, 2, ["a", "b", "c"], "here")
    tasks = many(jax.random.split(jax.random.key(0), 50), index)
    for support, query in zip(tasks.support_rows, tasks.query_rows, strict=True):
        assert not np.isin(contents[support], contents[query]).any()
        rows = [*support.tolist(), *query.tolist()]
        assert len(set(rows)) == 2 * (2 + 2)
        assert min(rows) >= 0


def test_without_equal_rows_nothing_else_is_drawn():
    y, key = np.repeat(np.arange(4), 7), jax.random.key(3)
    plain, careful = class_index(y, range(4)), class_index(y, range(4), equal_rows=[[0, 1]])
    careful = careful._replace(contents=jnp.asarray(np.arange(28).reshape(4, 7)))
    for one, other in zip(
        sample_task(key, plain, 3, 2, 4), sample_task(key, careful, 3, 2, 4), strict=True
    ):
        np.testing.assert_array_equal(one, other)
