"""The hidden manifold is one, of the dimension that is set, and each teacher halves its rows."""

import numpy as np
import pytest

from fewqubit.config import HiddenManifold
from fewqubit.data.raw import checked
from fewqubit.data.sources.manifold import read_hidden_manifold

EPISODES = {
    **{"n_way": 2, "n_shot": 1, "n_query": 1, "n_validation": 1, "n_test": 1},
    "within_group": True,
}


def settings(**changes: object) -> HiddenManifold:
    given = {"teachers": 5, "rows": 30, "manifold": 3, "episodes": EPISODES} | changes
    return HiddenManifold.model_validate({"source": "hidden_manifold", **given})


def test_rows_of_all_teachers_lie_on_one_manifold() -> None:
    raw = checked(read_hidden_manifold(settings()), "manifold")
    flat = np.arctanh(raw.x.astype(np.float64))
    singular = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False)
    assert (singular[:3] > 1e-2).all()
    assert (singular[3:] < 1e-3).all()  # rounding to float32


def test_every_class_has_as_many_rows_and_its_teacher_for_a_group() -> None:
    raw = read_hidden_manifold(settings())
    np.testing.assert_array_equal(np.bincount(raw.y), [30] * 10)
    assert raw.names[:3] == ["teacher-0/below", "teacher-0/above", "teacher-1/below"]
    assert raw.groups == [name.partition("/")[0] for name in raw.names]


def test_another_seed_gives_other_rows_and_the_same_one_the_same() -> None:
    one, again, other = (read_hidden_manifold(settings(data_seed=seed)).x for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_task_of_two_teachers_is_refused() -> None:
    with pytest.raises(ValueError, match="within_group: true"):
        settings(episodes=EPISODES | {"within_group": False})
