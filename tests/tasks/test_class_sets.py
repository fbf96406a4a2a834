"""Sets of classes counted one by one, and folds."""

from itertools import combinations

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.errors import DataError
from fewqubit.tasks import Episode
from fewqubit.tasks.class_sets import ClassSets, class_folds, class_sets

ROWS = np.zeros((4, 2), int)
EPISODES = Episode(np.array([[3, 1], [1, 3], [0, 1], [2, 0]]), ROWS, ROWS)


def test_sets_are_counted_whatever_the_order_of_their_classes() -> None:
    assert class_sets(EPISODES, [0, 0, 0, 0]) == ClassSets(2, 4, 6, 3, 2)
    assert class_sets(EPISODES, ["a", "a", "a", "b"]) == ClassSets(2, 4, 3, 3, 1)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=9))
def test_possible_sets_are_those_within_a_group(groups: list[int]) -> None:
    pairs = [p for p in combinations(range(len(groups)), 2) if groups[p[0]] == groups[p[1]]]
    assert class_sets(EPISODES, groups).possible == len(pairs)


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 4), st.integers(2, 3), st.integers(0, 9))
def test_every_class_validates_once_and_never_trains_then(
    folds: int, n_way: int, more: int
) -> None:
    classes = [7 + 3 * i for i in range(folds * n_way + more)]
    found = class_folds(classes, folds, n_way, jax.random.key(more))
    assert sorted(c for _, fold in found for c in fold) == classes
    for train, fold in found:
        assert sorted(train + fold) == classes
        assert min(len(train), len(fold)) >= n_way


@pytest.mark.parametrize(("classes", "folds"), [(9, 2), (20, 1), (20, 5)])
def test_folds_that_are_too_small_are_one_line(classes: int, folds: int) -> None:
    with pytest.raises(DataError, match="take fewer folds or a smaller n_way"):
        class_folds(range(classes), folds, 5, jax.random.key(0))


def test_variants_of_one_class_validate_together() -> None:
    """A digit and its rotations: what is asked about is not to be half known."""
    kin = [str(number // 3) for number in range(18)]
    for train, fold in class_folds(range(18), 3, 5, jax.random.key(1), kin):
        assert len(fold) == 6
        assert not {kin[number] for number in train} & {kin[number] for number in fold}
    with pytest.raises(DataError, match=r"18 meta-train classes \(variants of 6 that stay"):
        class_folds(range(18), 6, 5, jax.random.key(1), kin)
