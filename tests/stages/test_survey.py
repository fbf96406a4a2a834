"""A look at data sets before they are prepared: counts, and every problem in a line."""

import numpy as np
import pandas as pd
import pytest

from fewqubit.base.keys import root_key
from fewqubit.config import Coset, Phases, Table
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
    figures = [f"{number} %" for number in range(54)]
    mixed = ["x", *range(53)]
    seen = look(frame.assign(u=mixed, f=figures, kind=frame.kind.where(frame.index != 5)))
    label, *columns = seen.problems
    assert "row 6 has no label in column 'kind'" in label
    assert ["but row 1 has 'x'" in columns[0], "'f' has figures like '0 %'" in columns[1]] == [1, 1]
    assert seen.rows == 54
    assert len(look(frame.assign(**{f"w{n}": figures for n in range(40)})).problems) == 9
    assert look(frame.assign(u=holes)).problems == ()


def test_what_becomes_of_each_column_is_told(frame, look):
    row = np.arange(54)
    frame = frame.assign(
        u=frame.u.where(row != 3),
        town=np.where(row % 2, "Oslo", "Rome"),
        ok=np.where(row % 3, "yes", "no"),
        day=np.datetime_as_string(np.datetime64("2020-01-01") + row),
        note=[f"about {number}" for number in row],
    )
    seen = look(frame)
    assert seen.features.startswith("1 numbers, 1 whole numbers, 1 categories, 1 yes/no, 1 dates")
    notes = "\n".join(seen.notes)
    for words in [
        "column 'u': 1 row without a value, filled with the median",
        "column 'town': 2 categories (Oslo, Rome), a feature of 0 and 1 for each",
        "column 'ok': no is 0, yes is 1",
        "column 'day': dates, as days since 1970",
        "column 'note': left out, for text of 54 different values is no category",
    ]:
        assert words in notes


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
