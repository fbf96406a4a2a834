"""Splits are by class, whole groups at a time, and say what is wrong with a list."""

from itertools import chain

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.base.reading import parse_yaml
from fewqubit.config import ClassLists, Fractions
from fewqubit.data.raw import RawData
from fewqubit.data.splits import by_fractions, by_names, split_classes
from fewqubit.errors import SettingsError

KEY = jax.random.key(0)


def _raw(groups):
    names = [f"{group}/{number}" for number, group in enumerate(groups)]
    return RawData(np.zeros((len(names), 1)), np.arange(len(names)), names, list(groups))


def _lists(meta_train, validation, meta_test):
    return ClassLists(meta_train=meta_train, validation=validation, meta_test=meta_test)


def test_lists_name_groups_or_classes_and_leave_others_out():
    split = split_classes(_raw("33aabcd"), _lists([3, "a/2"], ["b"], ["d/6"]), KEY)
    assert split == ([0, 1, 2], [4], [6])


def test_a_list_may_spell_a_class_in_another_way():
    raw = _raw("abc")._replace(names=["1", "É", "c"], groups=["1", "É", "c"])
    assert split_classes(raw, _lists(["1.0"], [" e\u0301"], ["C"]), KEY) == ([0], [1], [2])
    with pytest.raises(SettingsError, match="made from 'c' are in validation and in meta_test"):
        split_classes(raw, _lists([1], ["c"], ["C"]), KEY)


def test_numbers_in_yaml_mean_what_the_file_says_or_are_refused():
    """Where nothing is quoted, 007 is read as 7, no stays a word and 1e3 is refused."""
    values = parse_yaml("meta_train: [007]\nvalidation: [no]\nmeta_test: ['1e3']\n", "x")
    raw = _raw("abc")._replace(names=["007", "no", "1e3"], groups=["007", "no", "1e3"])
    assert split_classes(raw, ClassLists.model_validate(values), KEY) == ([0], [1], [2])
    values = parse_yaml("meta_train: [1e3]\nvalidation: [no]\nmeta_test: [a]\n", "x")
    with pytest.raises(ValueError, match="quote its name"):
        ClassLists.model_validate(values)
    both = _raw("abcd")._replace(names=["007", "7", "c", "d"], groups=["007", "7", "c", "d"])
    with pytest.raises(SettingsError, match="number 7, which may be any of the classes 007, 7"):
        split_classes(both, _lists([7], ["c"], ["d"]), KEY)
    assert split_classes(both, _lists(["7"], ["c"], ["007"]), KEY) == ([1], [2], [0])


def test_a_group_in_two_parts_is_refused():
    with pytest.raises(SettingsError, match="made from 'a' are in meta_train and in meta_test"):
        split_classes(_raw("aabc"), _lists(["a/0"], ["b"], ["a/1"]), KEY)


def test_an_unknown_class_is_named_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"split\.validation names z, .*they have a, b, c"):
        split_classes(_raw("aabc"), _lists(["a"], ["z"], ["c"]), KEY)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from("abcdefghijkl"), min_size=3, max_size=20).filter(
        lambda groups: len(set(groups)) >= 3
    ),
    st.sampled_from([(0.6, 0.2, 0.2), (0.02, 0.49, 0.49), (0.9, 0.05, 0.05)]),
    st.integers(0, 100),
)
def test_random_splits_cover_all_classes_once_and_cut_no_group(groups, fractions, seed):
    split = by_fractions(groups, fractions, jax.random.key(seed))
    assert sorted(chain(*split)) == list(range(len(groups)))
    owners = [{groups[member] for member in members} for members in split]
    assert all(owners)
    assert sum(len(owner) for owner in owners) == len(set(groups))


@settings(max_examples=50)
@given(
    st.sets(st.text(min_size=1, max_size=5), min_size=30, max_size=60),
    st.sets(st.text(min_size=1, max_size=5), max_size=5),
    st.integers(0, 100),
)
def test_by_name_a_new_class_moves_no_other(old, new, seed):
    def parts(names):
        split = by_names(sorted(names), (0.4, 0.3, 0.3), jax.random.key(seed))
        return {
            sorted(names)[member]: part
            for part, members in split._asdict().items()
            for member in members
        }

    before, after = parts(old), parts(old | new)
    assert len(before) == len(old)
    assert {name: after[name] for name in old} == before


def test_by_name_shares_are_near_and_the_stream_decides():
    groups = [str(number) for number in range(3000)]
    how = Fractions(assign="name")
    split = split_classes(_raw(groups), how, KEY)
    sizes = [len(part) for part in split]
    assert np.abs(np.array(sizes) - [1800, 600, 600]).max() < 4 * (3000 * 0.24) ** 0.5
    assert split != split_classes(_raw(groups), how, jax.random.key(1))
    turned = split_classes(_raw(["b", "b", "a", *groups]), how, KEY)
    assert sum({0, 1} <= set(part) for part in turned) == 1  # a group is in one part
    with pytest.raises(SettingsError, match="no class of 3 has a name that falls to validation"):
        by_names(["a", "b", "c"], (0.98, 0.01, 0.01), KEY)


def test_shares_are_kept_and_the_stream_decides():
    groups = [str(number) for number in range(50)]
    split = split_classes(_raw(groups), Fractions(), KEY)
    assert [len(part) for part in split] == [30, 10, 10]
    assert split == split_classes(_raw(groups), Fractions(), KEY)
    assert split != split_classes(_raw(groups), Fractions(), jax.random.key(1))


def test_what_stands_in_labels_makes_no_lines_in_messages():
    raw = _raw("abc")._replace(names=["a\nb", "b", "z" * 999], groups=["a\nb", "b", "z" * 999])
    with pytest.raises(SettingsError, match=r"names y, .*they have") as error:
        split_classes(raw, _lists(["b"], ["y"], ["a\nb"]), KEY)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_too_few_classes_for_three_parts():
    with pytest.raises(SettingsError, match="need three classes at least, but there are 2: a, b"):
        by_fractions(["a", "b"], (0.6, 0.2, 0.2), KEY)
