"""A look at data sets before they are prepared: counts, and every problem in a line."""

import numpy as np
import pandas as pd
import pytest

from fewqubit.config import Coset, Phases, Table
from fewqubit.keys import root_key
from fewqubit.stages.survey import survey

EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 2, "n_validation": 3, "n_test": 4}


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    kinds = np.repeat(list("abcdefghi"), 6)
    return pd.DataFrame({"kind": kinds, "u": rng.normal(size=54), "n": rng.integers(9, size=54)})


@pytest.fixture
def look(tmp_path):
    def look(frame, **changes):
        path = tmp_path / "x.csv"
        frame.to_csv(path, index=False)
        plain = {"source": "table", "path": str(path), "label": "kind", "episodes": EPISODES}
        return survey("toy", Table(**plain | changes), root_key(0))

    return look


def test_rows_columns_classes_and_copies_are_counted(frame, look):
    seen = look(pd.concat([frame.assign(b=True), frame.iloc[[7, 8]].assign(b=True)]))
    assert (seen.rows, seen.classes, seen.smallest, seen.copies) == (56, 9, ("a", 6), 2)
    assert sorted(seen.features.split(", ")) == ["1 numbers", "1 whole numbers", "1 yes/no"]
    assert seen.problems == ()
    assert "2 of 56 rows occur before in their class (rows 8 and 55 are equal)" in seen.notes[0]


def test_every_column_that_is_unfit_is_named(frame, look):
    holes = frame.u.where(frame.index != 3)
    seen = look(frame.assign(u=holes, word="x", kind=frame.kind.where(frame.index != 5)))
    label, *columns = seen.problems
    assert "row 6 has no label in column 'kind'" in label
    assert ["'u' has no value in row 4" in columns[0], "'word' must hold" in columns[1]] == [1, 1]
    assert seen.rows == 54
    assert len(look(frame.assign(**{f"w{n}": "x" for n in range(40)})).problems) == 9


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "none.csv"}, "none.csv: no such file"),
        ({"label": "sort"}, "no label column 'sort'"),
        ({"columns": ["v"]}, "columns names 'v'"),
        ({"episodes": EPISODES | {"n_query": 9}}, "needs n_shot + n_query = 10"),
        ({"split": {"meta_train": ["a"], "validation": ["b"], "meta_test": ["z"]}}, "names z"),
    ],
)
def test_what_would_stop_prepare_is_a_line(frame, look, changes, message):
    (problem,) = look(frame, **changes).problems
    assert message in problem
    assert "\n" not in problem


def test_other_sources():
    coset = survey("coset", Coset(source="coset", classes=9, episodes=EPISODES), root_key(0))
    assert (coset.rows, coset.features, coset.classes) == (180, "12 numbers", 9)
    phases = survey("phases", Phases(source="phases", episodes=EPISODES), root_key(0))
    assert "takes long" in phases.notes[0]
