"""prepare writes what later stages read: honest transforms, disjoint parts, repeatable bytes."""

import numpy as np
import pytest

from fewqubit.base.io.files import read_json, sha256
from fewqubit.base.keys import root_key
from fewqubit.config import Glyphs, Table
from fewqubit.data import apply, load_examples, load_transform
from fewqubit.data.prepared import kin, read_classes
from fewqubit.errors import DataError, SettingsError
from fewqubit.stages.prepare import prepare
from fewqubit.tasks import asked_hash, load_manifest

FILES = {
    "classes.json",
    "examples.npz",
    "first_task.csv",
    "manifest_test.npz",
    "manifest_validation.npz",
    "raw_schema.json",
    "summary.json",
    "transform.json",
    "transform.npz",
}
LISTS = {"meta_train": ["a", "b", "c"], "validation": ["d", "e"], "meta_test": ["f", "g"]}
EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 3, "n_validation": 5, "n_test": 7}


@pytest.fixture
def table(tmp_path):
    """A table of eight classes with six rows each; the class shows in the first column."""
    rng = np.random.default_rng(0)
    lines = ["u,v,kind"]
    for number, kind in enumerate("abcdefgh"):
        lines += [f"{number + rng.random():.3f},{rng.normal():.3f},{kind}" for _ in range(6)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def _settings(path, **changes):
    features = {"scale": "minmax"}
    plain = {"source": "table", "path": str(path), "label": "kind", "split": LISTS}
    return Table(**plain | {"features": features, "episodes": EPISODES} | changes)


def _prepared(tmp_path, settings, seed=1, name="one"):
    prepare("toy", settings, root_key(seed), tmp_path / name)
    return tmp_path / name


def test_every_file_is_there_and_they_agree(table, tmp_path):
    folder = _prepared(tmp_path, _settings(table))
    assert {path.name for path in folder.iterdir()} == FILES
    x, y = load_examples(folder / "examples.npz")
    classes, summary = read_json(folder / "classes.json"), read_json(folder / "summary.json")
    assert x.shape == (48, 2)
    assert classes["names"] == list("abcdefgh")
    assert classes["split"] == {"meta_train": [0, 1, 2], "validation": [3, 4], "meta_test": [5, 6]}
    assert read_json(folder / "raw_schema.json") == {"columns": ["u", "v"], "shape": [2]}
    assert summary["n_classes"] == {"meta_train": 3, "validation": 2, "meta_test": 2}
    assert summary["n_examples"] == {"meta_train": 18, "validation": 12, "meta_test": 12}
    assert summary["n_classes_left_out"] == 1
    only = {"n_way": 2, "classes": 2, "possible": 1, "drawn": 1, "disjoint": 1}
    assert summary["class_sets"] == {"validation": only, "meta_test": only}
    raw = np.loadtxt(table, delimiter=",", skiprows=1, usecols=(0, 1))
    for name, part, n_episodes in (("validation", {3, 4}, 5), ("test", {5, 6}, 7)):
        manifest = load_manifest(folder / f"manifest_{name}.npz")
        assert summary[f"manifest_{name}"] == asked_hash(manifest, raw, classes["names"])
        assert manifest.query_rows.shape == (n_episodes, 6)
        assert set(np.unique(manifest.class_ids).tolist()) == part
        np.testing.assert_array_equal(y[manifest.support_rows], manifest.class_ids)


def test_the_transform_is_fitted_on_meta_train_classes_only(table, tmp_path):
    folder = _prepared(tmp_path, _settings(table))
    x, y = load_examples(folder / "examples.npz")
    train = np.isin(y, [0, 1, 2])
    np.testing.assert_allclose(x[train].min(0), 0)
    np.testing.assert_allclose(x[train].max(0), 1, atol=1e-6)
    assert x[~train, 0].min() > 1  # other classes lie beyond, and are not pulled in
    raw = np.loadtxt(table, delimiter=",", skiprows=1, usecols=(0, 1))
    np.testing.assert_array_equal(apply(load_transform(folder), raw), x)


@pytest.mark.parametrize("split", [LISTS, {"fractions": [0.5, 0.25, 0.25]}])
def test_the_same_seed_gives_the_same_bytes_and_another_other_episodes(split, table, tmp_path):
    settings = _settings(table, split=split)
    first = _prepared(tmp_path, settings)
    second = _prepared(tmp_path, settings, name="two")
    for name in FILES:
        assert sha256(first / name) == sha256(second / name), name
    other = read_json(_prepared(tmp_path, settings, seed=2, name="three") / "summary.json")
    assert other["manifest_test"] != read_json(first / "summary.json")["manifest_test"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_way": 3}, r"datasets\.toy, validation classes: a 3-way .* there are 2: d, e; lower"),
        ({"n_query": 6}, r"datasets\.toy, meta_train classes: .* = 7 examples .* 'a' has 6; lower"),
    ],
)
def test_too_little_data_is_refused_before_anything_is_written(changes, message, table, tmp_path):
    with pytest.raises(DataError, match=message):
        _prepared(tmp_path, _settings(table, episodes=EPISODES | changes))
    assert not (tmp_path / "one").exists()


def test_a_split_of_unknown_classes_is_refused(table, tmp_path):
    with pytest.raises(SettingsError, match=r"split\.meta_test names z"):
        _prepared(tmp_path, _settings(table, split=LISTS | {"meta_test": ["z"]}))


@pytest.mark.parametrize("policy", ["one_side", "drop", "allow"])
def test_equal_rows_are_said_and_never_both_shown_and_asked(policy, table, tmp_path, capsys):
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], *lines[1:], *lines[1:]]) + "\n")
    episodes = EPISODES | {"n_query": 5, "n_test": 40}
    folder = _prepared(tmp_path, _settings(table, duplicates=policy, episodes=episodes))
    assert "prepare toy: 48 of 96 rows occur before in their class" in capsys.readouterr().err
    x, _ = load_examples(folder / "examples.npz")
    assert len(x) == (48 if policy == "drop" else 96)
    manifest = load_manifest(folder / "manifest_test.npz")
    met = [
        np.isin(x[support, 1], x[query, 1]).any()
        for support, query in zip(manifest.support_rows, manifest.query_rows, strict=True)
    ]
    assert any(met) == (policy == "allow")
    assert read_json(folder / "summary.json").get("n_copies", 0) == (policy == "one_side") * 48


def test_columns_of_nothing_but_one_number_are_refused(table, tmp_path):
    header, *rows = table.read_text().splitlines()
    table.write_text("\n".join([header, *("1,1," + row.split(",")[2] for row in rows)]))
    with pytest.raises(DataError, match=r"datasets\.toy: the meta-train rows are all the same"):
        _prepared(tmp_path, _settings(table))


def test_letters_of_a_script_are_no_variants_of_one_thing(tmp_path):
    """So that intervals cover new letters, though a split may name scripts."""
    glyphs = Glyphs(
        source="glyphs",
        scripts=["greek", "armenian", "cyrillic"],
        rows=4,
        split={"meta_train": ["greek"], "validation": ["cyrillic"], "meta_test": ["armenian"]},
        episodes={"n_way": 5, "n_shot": 1, "n_query": 2, "n_validation": 4, "n_test": 4},
    )
    prepare("glyphs", glyphs, root_key(0), tmp_path)
    known = read_classes(tmp_path, ())
    assert set(known["groups"]) >= {"armenian", "greek"}
    assert kin(known) == known["names"]
