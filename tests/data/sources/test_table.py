"""Tables are read as they are; what cannot be used is named by file, row or column, and remedy."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fewqubit.config import Table
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError, SettingsError

LISTS = {"meta_train": ["a"], "validation": ["b"], "meta_test": ["c"]}


@pytest.fixture
def read(episodes):
    def read(path, label="kind", **changes):
        settings = Table(source="table", path=str(path), label=label, episodes=episodes, **changes)
        return read_raw(settings)

    return read


def test_label_to_sorted_classes_and_the_rest_to_features(read, write_csv):
    raw = read(write_csv("u,kind,v", "1,b,2", "3,a,4.5", "5,b,6", "7,a,8"))
    assert raw.names == raw.groups == ["a", "b"]
    assert raw.columns == ["u", "v"]
    np.testing.assert_array_equal(raw.x, np.float32([[1, 2], [3, 4.5], [5, 6], [7, 8]]))
    assert raw.y.tolist() == [1, 0, 1, 0]


def test_labels_stay_text(read, write_csv):
    raw = read(write_csv("kind,v", "007,1", "NA, 2", "nan,3", "007,4", " NA ,5", "nan,6"))
    assert raw.names == ["007", "NA", "nan"]


def test_a_byte_order_mark_and_booleans_do_no_harm(read, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("kind,v\na,True\na,False\n", encoding="utf-8-sig")
    np.testing.assert_array_equal(read(path).x, [[1], [0]])


def test_parquet_equals_csv(read, write_csv, tmp_path):
    lines = ["u,kind,v", "1,b,2", "3,a,4.5", "5,b,6", "7,a,8"]
    pd.read_csv(write_csv(*lines)).to_parquet(tmp_path / "x.parquet")
    for one, other in zip(read(tmp_path / "x.parquet"), read(write_csv(*lines)), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["u,kind,u", "1,a,2"], "more than one column is called 'u'; rename or drop"),
        (["u,v", "1,2"], r"no label column 'kind'; .* are 'u', 'v'; correct the label"),
        (["u;kind", "1,a", "2"], "separated by commas, are 'u;kind'"),
        (["kind", "a"], "no column beside the label 'kind'"),
        (["u,kind"], "no rows below the header"),
        (["u,kind", "1,a", "2,"], "row 2 has no label in column 'kind'"),
        (["u,kind", "1,a", "2, "], "row 2 has no label in column 'kind'"),
        (
            ["u,kind", "1,a", "x,a"],
            "column 'u' must hold numbers, as in 1 rows, but row 2 has 'x'; correct it, list",
        ),
        (["u,kind", ",a", ",a"], r"no column can be a feature \(u: it is empty\)"),
        (["u,kind", "x,a", "y,a"], r"a feature \(u: text of 2 different values is no category\)"),
        (["u,kind", "1,a", "inf,a"], "column 'u' is infinite, .* in row 2"),
        (
            ["u,kind", "1,a", "1e39,a"],
            r"column 'u' is infinite, or beyond ±1e\+20, in row 2",
        ),
        (
            ["u,kind", "1,a", "2,b", "3,a"],
            r"class 'b' has one example \(row 2\); .*leave the class",
        ),
        (
            ["u,kind", "1,0.5", "2,-7", "3,1e3", "4,2"],
            r"class '-7' has one example \(row 2\); .*predicted are asked for by tasks: numbers",
        ),
        (["u,kind", "1,a", "2,a,3"], "cannot be read as CSV: .*line 3"),
        (["u,kind", "1,a,9", "2,a,3"], "cannot be read as CSV: .*header"),
        (["u,kind", '1,"a'], "cannot be read as CSV"),
        (["kind,u,v", "a,1,2", "a,1"], "line 3 has 2 cells, but the header has 3; complete it"),
    ],
)
def test_what_is_wrong_is_named(lines, message, read, write_csv):
    with pytest.raises(DataError, match=rf"my\.csv: .*{message}"):
        read(write_csv(*lines))


def test_a_class_with_one_example_may_be_left_out(read, write_csv):
    rows = [f"{number},{kind}" for number, kind in enumerate("aabbcc")]
    assert "d" in read(write_csv("u,kind", *rows, "9,d"), split=LISTS).names
    with pytest.raises(DataError, match="class 'c' has one example"):
        read(write_csv("u,kind", *rows[:-1]), split=LISTS)


def test_files_that_are_no_tables(read, tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: no such file; correct the path"):
        read(tmp_path / "none.csv")
    for name, message in [
        ("x.xlsx", "named .csv or .parquet"),
        ("x.parquet", "as Parquet"),
        ("x.csv", "as CSV"),
    ]:
        (tmp_path / name).write_bytes(b"\xfe\x00\x81")
        with pytest.raises(DataError, match=rf"{name}: .*{message}"):
            read(tmp_path / name)
    (tmp_path / "x.csv").write_bytes(b"")
    with pytest.raises(DataError, match=r"x\.csv: no label column 'kind'; .* are none"):
        read(tmp_path / "x.csv")


def test_parquet_with_duplicate_columns_text_or_gaps(read, tmp_path):
    path, kind = tmp_path / "x.parquet", pa.array(["a", "a"])
    columns = {
        "u": (pa.array([1, 2]), pa.array([3, 4])),
        "v": (pa.array(["1", "x"]),),
        "s": (pa.array([[1], [2]]),),
        "d": (pa.array([0, 1], pa.duration("s")),),
    }
    messages = {
        "u": "more than one column is called 'u'",
        "v": "'v' must hold numbers, as in 1 rows, but row 2",
        "s": "'s' must hold numbers, texts or dates, but row 1",
        "d": "'d' must hold numbers, but row 1",
    }
    for name, arrays in columns.items():
        pq.write_table(pa.table([*arrays, kind], names=[*[name] * len(arrays), "kind"]), path)
        with pytest.raises(DataError, match=messages[name]):
            read(path)


def test_letter_recognition(real_data, read, tmp_path):
    source = real_data / "tabular" / "uci_letter" / "letter-recognition.data"
    if not source.is_file():
        pytest.skip(f"no letter recognition data at {source}")
    header = ",".join(["letter", *(f"f{number}" for number in range(16))])
    (tmp_path / "letter.csv").write_text(header + "\n" + source.read_text())
    raw = read(tmp_path / "letter.csv", label="letter")
    assert raw.x.shape == (20000, 16)
    assert "".join(raw.names) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert raw.names[raw.y[0]] == "T"
    np.testing.assert_array_equal(raw.x[0], [2, 8, 3, 5, 1, 8, 13, 0, 6, 6, 10, 8, 0, 8, 0, 8])


def test_a_column_of_groups_is_no_feature(read, write_csv):
    lines = ["shop,u,kind", "x,1,a", "x,2,b", "y,3,c", "x,4,a", "y,5,d", "y,6,d", "x,7,b", "y,8,c"]
    raw = read(write_csv(*lines), group="shop")
    assert raw.names == ["a", "b", "c", "d"]
    assert raw.groups == ["x", "x", "y", "y"]
    assert raw.columns == ["u"]
    with pytest.raises(DataError, match=r"no group column 'store'; .*correct the group"):
        read(write_csv(*lines), group="store")
    with pytest.raises(DataError, match=r"class 'a' is in groups 'x' and 'y' of column 'shop'"):
        read(write_csv(*lines, "y,9,a"), group="shop")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "A"], "'A' .row 2. and 'a' .row 1. are one class"),
        (["a b", "a  b"], "are one class"),
    ],
)
def test_one_class_in_two_spellings_is_refused_as_label_and_as_group(
    labels, message, read, write_csv
):
    lines = [f"{label},{number}" for number, label in enumerate(labels * 2)]
    with pytest.raises(DataError, match=f"column 'kind': .*{message}"):
        read(write_csv("kind,u", *lines))
    rows = [f"{label}x{number},{label},{number}" for number, label in enumerate(labels)]
    with pytest.raises(DataError, match=f"column 'g': .*{message}"):
        read(write_csv("kind,g,u", *rows, *rows), group="g")


def test_numbers_are_as_the_file_says_as_label_and_as_group(read, write_csv):
    labels = ["1", "01", "1.0"]
    rows = [f"{label}x,{label},{number}" for number, label in enumerate(labels * 2)]
    raw = read(write_csv("kind,g,u", *rows), group="g")
    assert sorted(raw.groups) == sorted(labels)
    raw = read(write_csv("kind,u", *[f"{label},{n}" for n, label in enumerate(labels * 2)]))
    assert sorted(raw.names) == sorted(labels)


def test_blanks_at_the_ends_and_normal_forms_are_no_other_class(read, write_csv):
    raw = read(write_csv("kind,g,u", "é,NA,1", " é ,NA ,2", "e\u0301,NA,3"), group="g")
    assert (raw.names, raw.groups) == (["é"], ["NA"])


def test_the_setting_columns_chooses_the_features(read, write_csv):
    lines = [f"{n},{kind},x {n % 3},{n % 3}" for n, kind in enumerate("aabbccddeeff")]
    path = write_csv("id,kind,word,u", *lines)
    with pytest.raises(DataError, match="column 'id' counts the rows"):
        read(path)
    said = read(path, columns={"id": "drop", "word": "category"})
    assert said.columns == ["word", "u"]
    assert said.schema.columns[0].levels == ("x 0", "x 1", "x 2")
    assert read(path, columns={"id": "number"}).columns == ["id", "word", "u"]
    assert read(path, columns=["u", "id"]).columns == ["u", "id"]
    with pytest.raises(SettingsError, match="names a column twice"):
        read(path, columns=["u", "u"])
    with pytest.raises(SettingsError, match="columns names 'kind', which is no feature"):
        read(path, columns=["u", "kind"])
    with pytest.raises(SettingsError, match="columns names 'no', which is no feature"):
        read(path, columns={"no": "drop"})
