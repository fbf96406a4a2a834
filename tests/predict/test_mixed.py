"""A table as it is, in memory and from files: meta-trained, adapted, stored, asked."""

import json

import numpy as np
import pandas as pd
import pytest

from fewqubit import AdaptedClassifier, FewShotClassifier, ProtoNet
from fewqubit.base.keys import root_key
from fewqubit.config import Table
from fewqubit.data.given.rows import UnseenWarning
from fewqubit.errors import DataError
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict.files import read_task
from fewqubit.stages.prepare import prepare

SMALL = ProtoNet(encoder=Mlp((4,)), training=Training(steps=2, tasks_per_step=2))
TASKS = {"n_way": 2, "n_shot": 1, "n_query": 2}


@pytest.fixture(scope="module")
def frame():
    """Eight classes of six rows; the town and the day tell some apart."""
    rng, kind = np.random.default_rng(0), np.repeat(np.arange(8), 6)
    frame = pd.DataFrame(
        {
            "kind": [f"k{number}" for number in kind],
            "size": rng.normal(size=48) + kind,
            "town": np.array(["Oslo", "Rome", "Bern"])[kind % 3],
            "paid": rng.choice(["yes", "no"], 48),
            "day": (np.datetime64("2020-01-01") + kind).astype(str),
            "note": [f"about {number}" for number in range(48)],
        }
    )
    frame.loc[[3, 20], "size"] = np.nan
    frame.loc[7, "town"] = None
    return frame


@pytest.fixture(scope="module")
def learned(frame):
    model = FewShotClassifier(SMALL, n_validation=5, verbose=False, **TASKS)
    return model.meta_fit(frame.drop(columns="kind"), frame["kind"])


def _task(frame):
    rows = frame[frame.kind.isin(["k0", "k7"])]
    return rows.drop(columns="kind"), rows["kind"]


def test_a_mixed_table_is_learned_stored_and_asked(frame, learned, tmp_path):
    x, y = _task(frame)
    learned.fit(x, y)
    assert learned.feature_names_in_.tolist() == ["size", "town", "paid", "day"]
    expected = learned.predict_proba(x)
    mixed_up = x[["day", "paid", "town", "size"]]  # other order, without what was dropped
    np.testing.assert_array_equal(learned.predict_proba(mixed_up), expected)
    np.testing.assert_array_equal(
        learned.predict_proba(mixed_up[x.columns[:4]].to_numpy()), expected
    )
    learned.save_adapted(tmp_path / "model")
    again = AdaptedClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict_proba(x), expected)


def test_other_categories_are_said_and_other_kinds_refused(frame, learned):
    x, y = _task(frame)
    with pytest.warns(UnseenWarning, match="column 'town': 'Paris' in row 1"):
        learned.fit(x.assign(town="Paris"), y)
    for changes, message in [
        ({"size": "big"}, "column 'size' must hold numbers, but row 1 has 'big'"),
        ({"paid": "perhaps"}, "column 'paid', row 1: expected no or yes"),
        ({"day": "1.2.2020"}, "column 'day', row 1: expected a date"),
        ({"more": 1}, "not of training: 'more'"),
    ]:
        with pytest.raises(DataError, match=message):
            learned.predict_proba(x.assign(**changes))
    with pytest.raises(DataError, match=r"expecting 4 features|rows of 4 cells"):
        learned.predict_proba(np.ones((2, 3)))


def test_prepared_from_a_file_and_adapted_to_another(frame, tmp_path):
    frame.to_csv(tmp_path / "t.csv", index=False)
    settings = {"source": "table", "path": str(tmp_path / "t.csv"), "label": "kind"}
    settings |= {"features": {"scale": "standard"}, "split": {"fractions": [0.5, 0.25, 0.25]}}
    settings |= {"episodes": TASKS | {"n_validation": 3, "n_test": 3}}
    folder = tmp_path / "prepared"
    prepare("t", Table.model_validate(settings), root_key(0), folder)
    kinds = json.loads((folder / "raw_schema.json").read_text())["kinds"]
    assert [one["kind"] for one in kinds["columns"]] == ["number", "category", "yes_no", "date"]
    task = read_task(folder, folder / "first_task.csv", None, "label")
    assert set(task.support.town.dropna()) <= {"Oslo", "Rome", "Bern"}
    assert task.support.day.str.fullmatch(r"2020-01-0\dT00:00:00").all()
    assert list(task.notes) == []
    other = frame.assign(town="Paris", label=frame.kind).drop(columns="kind")
    other.iloc[:8].to_csv(tmp_path / "other.csv", index=False)
    task = read_task(folder, tmp_path / "other.csv", folder / "first_task.csv", "label")
    assert "'Paris' in row 1 (8 such rows) was not in training" in task.notes[0]
