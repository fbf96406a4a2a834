"""Texts of every script, in every kind of file, become rows; what is no text is one line."""

import json
import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from fewqubit.config import Text
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError, SettingsError

NGRAMS = HashingVectorizer(analyzer="char_wb", ngram_range=(1, 3), n_features=32)
ROWS = [
    ("Wo ist meine Karte?", "card"),
    ("カードはどこですか", "card"),
    ("💸 send it, now", "pay"),
    ("NA", "pay"),
    ("أين بطاقتي", "pay"),
    ('She said "pay"\nat once', "pay"),
    ("NA", "pay"),
]


@pytest.fixture
def read(allow, monkeypatch, episodes):
    module = types.ModuleType("ngrams")
    module.hashed = lambda texts: NGRAMS.transform(texts).toarray()
    monkeypatch.setitem(sys.modules, "ngrams", module)
    allow("ngrams")

    def read(path, **changes):
        more = {"embed": {"model": "ngrams:hashed"}, "episodes": episodes, **changes}
        return read_raw(Text.model_validate({"source": "text", "path": str(path), **more}))

    return read


def frame():
    return pd.DataFrame(ROWS, columns=["text", "label"])


def as_jsonl(path):
    lines = [json.dumps({"text": text, "label": label}) for text, label in ROWS]
    path.write_text("\n\n".join(lines), encoding="utf-8")


WRITERS = {
    "x.csv": lambda path: frame().to_csv(path, index=False),
    "x.parquet": lambda path: frame().to_parquet(path),
    "x.jsonl": as_jsonl,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_rows(name, read, tmp_path):
    WRITERS[name](tmp_path / name)
    raw = read(tmp_path / name)
    assert raw.examples == [text for text, _ in ROWS], "a text stays as it is written"
    assert raw.names == ["card", "pay"]
    assert raw.y.tolist() == [0, 0, 1, 1, 1, 1, 1]
    expected = NGRAMS.transform(raw.examples).toarray()
    np.testing.assert_allclose(raw.x, expected, atol=1e-6)
    np.testing.assert_array_equal(raw.x[3], raw.x[6], "equal texts are equal rows")


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["text,label", "a,x", ",x"], "row 2 has no text"),
        (["text,label", "a,x", "  ,x", "b,x", ",x"], r"row 2 has no text \(2 such rows\)"),
        (["text,label", "a,x", "b,"], "row 2 has no label"),
        (["text,kind", "a,x"], "no label column 'label'"),
        (["words,label", "a,x"], "no column 'text'; its columns are words, label"),
        (["text,label", "a,x", "b,X"], "one class spelled in two ways"),
        (["text,label", "a,x", "b,y", "c,y"], "class 'x' has one example"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(read, write_csv, lines, line):
    with pytest.raises(DataError, match=line) as caught:
        read(write_csv(*lines))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"text": "a", "label": "x"}\n{"text": 3, "label": "x"}', "expected a text in row 2"),
        ('{"text": "a", "label": "x"}\n{"label": "x"}', "row 2 has no text"),
        ('{"text": "a", "label": "x"}\n\n[1]', "line 3: expected a JSON object in braces"),
        ('{"text": "a", "label": "x"}\n{"text": ', "line 2: expected a JSON object, but"),
        ('{"text": "\\ud800", "label": "x"}\n{"text": "b", "label": "x"}', "half a character"),
        ("[" * 100_000, "line 1: expected a JSON object, but"),
        ("", "no label column"),
    ],
)
def test_a_line_of_json_that_cannot_be_used_is_named(read, tmp_path, content, line):
    (tmp_path / "x.jsonl").write_text(content)
    with pytest.raises(DataError, match=line) as caught:
        read(tmp_path / "x.jsonl")
    assert "\n" not in str(caught.value)


def test_published_folds_are_lists_in_files(read, tmp_path, write_csv):
    from fewqubit.base.keys import root_key
    from fewqubit.data.splits import split_classes

    lines = [f"{letter}{number},{letter}" for letter in "abcd" for number in range(3)]
    files = [tmp_path / f"{part}.txt" for part in ("train", "valid", "test")]
    for path, names in zip(files, ["a\n\n", "b\r\n", "\ufeffc"], strict=True):
        path.write_text(names, encoding="utf-8")
    split = {"files": [str(path) for path in files]}
    table = write_csv("text,label", *lines)
    raw = read(table, split=split)
    settings = Text.model_validate(
        {
            "source": "text",
            "path": str(table),
            "embed": {"model": "ngrams:hashed"},
            "split": split,
            "episodes": {"n_way": 2, "n_shot": 1, "n_query": 1, "n_validation": 1, "n_test": 2},
        }
    )
    assert split_classes(raw, settings.split, root_key(0)) == ([0], [1], [2])
    files[1].write_text("c\n")
    with pytest.raises(SettingsError, match=r"class 'c' is in .*; a class belongs to one part"):
        split_classes(raw, settings.split, root_key(0))
    files[1].unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        split_classes(raw, settings.split, root_key(0))


HOSTILE = [
    "🙂🙃👩‍👩‍👧‍👦🏳️‍🌈",  # joined emoji
    "e\u0301 is no é",  # two ways to write one letter stay two texts
    "é is no é",
    "‮right to left‬ و اليسار",
    "คำภาษาไทยไม่มีช่องว่าง",
    "\u200b\u200bzero width",
    "-" * 100_000,  # longer than any model reads
    "=1+1,@cmd|' /C'!A0",  # what a spreadsheet would run
]


@pytest.mark.parametrize("name", ["csv", "parquet", "jsonl"])
def test_hostile_texts_stay_as_they_are(name, read, tmp_path):
    table = pd.DataFrame({"text": HOSTILE, "label": ["a", "b"] * 4})
    path = tmp_path / f"x.{name}"
    if name == "jsonl":
        path.write_text(table.to_json(orient="records", lines=True, force_ascii=False))
    else:
        table.to_csv(path, index=False) if name == "csv" else table.to_parquet(path)
    raw = read(path)
    assert raw.examples == HOSTILE
    assert np.isfinite(raw.x).all()


def test_one_text_with_two_classes_is_said(read, write_csv):
    """It stays: no query of one class can be told from the other's, and a person should know."""
    from fewqubit.data.duplicates import find_repeats, notes

    raw = read(write_csv("text,label", "same,a", "one,a", "same,b", "two,b"))
    repeats = find_repeats(raw)
    assert [sorted(rows) for rows in repeats.contested] == [[0, 2]]
    assert any("class" in line for line in notes(raw, repeats, "one_side"))


def test_text_and_label_are_two_columns(read):
    with pytest.raises(ValueError, match="expected two columns, text and label, got 'said'"):
        read("x.csv", text="said", label="said")
