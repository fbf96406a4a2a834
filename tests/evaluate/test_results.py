import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fewqubit.base.keys import root_key
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.result_files import (
    SCHEMA,
    read_episodes,
    write_adaptation,
    write_confusion,
    write_episodes,
)
from fewqubit.evaluate.results import (
    Accuracies,
    AdaptationPoint,
    class_accuracy,
    confusion,
    metrics,
    tie_accuracy,
)
from fewqubit.tasks.answers import shares


@pytest.fixture
def accuracies():
    random = np.random.default_rng(0)
    return Accuracies(*random.integers(0, 11, (3, 2, 30)) / 10)


@pytest.fixture
def stored(tmp_path, accuracies):
    path = tmp_path / "episodes.parquet"
    write_episodes(path, "digits", "protonet", "quantum", accuracies)
    return path


def test_tied_logits_count_in_parts():
    logits = np.array([[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [2.0, 1.0, 0.0, 0.0]])
    assert tie_accuracy(logits, np.array([3, 1, 0])) == pytest.approx((0.25 + 0.5 + 1) / 3)
    assert tie_accuracy(logits[1:2], np.array([2])) == 0


def test_tie_accuracy_keeps_leading_axes():
    logits = np.random.default_rng(0).normal(size=(2, 3, 20, 4))
    y = np.broadcast_to(np.repeat(np.arange(4), 5), (2, 3, 20))
    expected = (logits.argmax(-1) == y).mean(-1)
    np.testing.assert_allclose(tie_accuracy(logits, y), expected)


def test_confusion_counts_every_query_once_by_class():
    class_ids = np.array([[7, 2], [2, 5]])
    logits = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]])
    counts = confusion(shares(logits), np.array([[0, 1], [0, 1]]), class_ids, 8)
    expected = {(7, 7): 1, (2, 7): 0.5, (2, 2): 0.5, (2, 5): 1, (5, 5): 1}
    assert {cell: counts[cell] for cell in zip(*np.nonzero(counts), strict=True)} == expected


def test_episodes_come_back_and_bytes_repeat(stored, accuracies, tmp_path):
    for part, again in zip(accuracies, read_episodes(stored), strict=True):
        np.testing.assert_array_equal(part, again)
    write_episodes(tmp_path / "twice", "digits", "protonet", "quantum", accuracies)
    assert (tmp_path / "twice").read_bytes() == stored.read_bytes()


def test_columns_are_as_arrow_makes_them_of_lists(tmp_path, accuracies):
    by_class, path = np.arange(300).reshape(2, 30, 5) / 300, tmp_path / "episodes.parquet"
    write_episodes(path, "digits", "prötonet", "quantum", accuracies._replace(by_class=by_class))
    seeds, episodes = np.indices((2, 30)).reshape(2, -1).tolist()
    measured = accuracies.before, accuracies.after, accuracies.permuted
    columns = [*([name] * 60 for name in ("digits", "prötonet", "quantum")), seeds, episodes]
    columns += [*(part.ravel().tolist() for part in measured), by_class.reshape(60, 5).tolist()]
    assert pq.read_table(path).equals(pa.table(columns, SCHEMA))


def test_metrics_are_means_with_an_interval_inside_zero_and_one(accuracies):
    resamples = episode_resamples(root_key(0), 30, 200)
    found = metrics(accuracies, 0.25, resamples, 0.95)
    assert found["accuracy"] == pytest.approx(accuracies.after.mean())
    assert 0 <= found["accuracy_low"] < found["accuracy"] < found["accuracy_high"] <= 1
    perfect = accuracies._replace(after=np.ones((2, 30)))
    assert metrics(perfect, 0.25, resamples, 0.95)["accuracy_high"] == 1


def edited(path, edit):
    table = pq.read_table(path)
    pq.write_table(edit(table), path)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda table: table.drop_columns("accuracy"), "expected columns"),
        (lambda table: table.slice(1), "each of 2 seeds × 30 episodes"),
        (lambda table: table.slice(0, 0), "got 0 rows"),
        (
            lambda table: table.set_column(6, "accuracy", pa.array([float("nan")] * len(table))),
            "between 0 and 1",
        ),
    ],
)
def test_damaged_results_are_refused(stored, edit, message):
    edited(stored, edit)
    with pytest.raises(ArtifactError, match=message):
        read_episodes(stored)


def test_missing_and_unreadable_results_are_refused(tmp_path):
    with pytest.raises(ArtifactError, match="expected Parquet"):
        read_episodes(tmp_path / "none")
    (tmp_path / "text").write_text("no Parquet at all")
    with pytest.raises(ArtifactError, match="dvc repro"):
        read_episodes(tmp_path / "text")


def test_csv_files(tmp_path):
    write_adaptation(tmp_path / "a.csv", [AdaptationPoint("shots", 1, 0, 0.5)])
    assert (tmp_path / "a.csv").read_bytes() == b"setting,value,seed,accuracy\nshots,1,0,0.5\n"
    counts = np.array([[2.0, 0.5], [0.0, 3.0]])
    write_confusion(tmp_path / "c.csv", counts, ["3 at 90°", "a, b"])
    with (tmp_path / "c.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert rows[1:] == [
        ["3 at 90°", "3 at 90°", "2"],
        ["3 at 90°", "a, b", "0.5"],
        ["a, b"] * 2 + ["3"],
    ]


def test_accuracy_by_class_is_that_of_each_class_and_comes_back(tmp_path, accuracies):
    logits = np.random.default_rng(0).normal(size=(2, 30, 20, 4))
    y = np.broadcast_to(np.repeat(np.arange(4), 5), (1, 30, 20))
    by_class = class_accuracy(logits, y)
    one = [(logits[1, 7, 5:10].argmax(-1) == 1).mean(), by_class[1, 7, 1]]
    assert one[0] == pytest.approx(one[1])
    np.testing.assert_allclose(by_class.mean(-1), tie_accuracy(logits, y))
    path = tmp_path / "episodes.parquet"
    write_episodes(path, "d", "l", "quantum", accuracies._replace(by_class=by_class))
    np.testing.assert_array_equal(read_episodes(path).by_class, by_class)


def test_one_random_seed_tells_nothing_of_others(accuracies):
    resamples = episode_resamples(root_key(0), 30, 200)
    alone = accuracies._replace(after=accuracies.after[:1])
    figures = metrics(alone, 0.25, resamples, 0.95)
    assert (figures["accuracy_low"], figures["accuracy_high"]) == (0, 1)
    plain = metrics(alone, 0.25, resamples, 0.95, random=False)
    assert 0 < plain["accuracy_low"] < plain["accuracy_high"] < 1
