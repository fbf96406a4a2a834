"""Groups as tasks: a class is a label within a group, and what cannot ask is left out."""

import numpy as np
import pytest
from pydantic import ValidationError

from fewqubit.base.keys import root_key
from fewqubit.config import Table
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan

EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 3, "n_validation": 5, "n_test": 5}
EPISODES |= {"within_group": True, "repeat_queries": True}


@pytest.fixture
def settings(tmp_path):
    """Nine persons of five to eleven ratings, and one who likes everything."""
    rng = np.random.default_rng(0)
    lines = ["who,liked,u,v"]
    for person in range(9):
        for rating in ["yes", "no"] * 2 + ["no"] * (person % 7):
            lines.append(f"p{person},{rating},{rng.normal():.4f},{rng.normal():.4f}")
    lines += [f"fond,yes,{number / 7:.4f},0" for number in range(4)] + ["p0,perhaps,1,1"]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(lines) + "\n")

    def make(**changes):
        plain = {"source": "table", "path": str(path), "label": "liked", "group": "who"}
        plain |= {"tasks": "groups", "episodes": EPISODES, "split": {"fractions": [0.4, 0.3, 0.3]}}
        return Table.model_validate(plain | changes)

    return make


def test_a_class_is_a_label_within_a_group(settings):
    raw = read_raw(settings())
    assert raw.names[:4] == ["p0/no", "p0/yes", "p1/no", "p1/yes"]
    assert raw.groups[:4] == ["p0", "p0", "p1", "p1"]
    assert np.bincount(raw.y)[:4].tolist() == [2, 2, 3, 2]
    (note,) = raw.notes
    assert "5 of 63 rows" in note
    assert "among them all of 1 groups (fond)" in note


def test_tasks_stay_within_a_group_that_no_part_shares(settings):
    key, one = root_key(0), settings()
    planned = plan("r", one, read_raw(one), key)
    owners = [{planned.raw.groups[number] for number in part} for part in planned.split]
    assert sum(map(len, owners)) == len(set.union(*owners)) == 9
    episodes = prepared(planned, one, key).manifests["manifest_test"]
    for classes, asked in zip(episodes.class_ids, episodes.query_rows, strict=True):
        assert len({planned.raw.groups[number] for number in classes}) == 1
        np.testing.assert_array_equal(planned.raw.y[asked], np.repeat(classes, 3))


def test_what_cannot_be_is_said(settings):
    with pytest.raises(DataError, match="2 labels of 51 rows or more, of column 'who' there are"):
        read_raw(settings(episodes=EPISODES | {"n_shot": 50}))
    for changes in ({"group": None}, {"episodes": EPISODES | {"within_group": False}}):
        with pytest.raises(ValidationError, match="tasks: groups needs the column of the groups"):
            settings(**changes)
