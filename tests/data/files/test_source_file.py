"""Files that are no tables are one line, and are not read before that is known."""

import bz2
import gzip
import os

import numpy as np
import pandas as pd
import pytest

from fewqubit.data.files.frame import read_frame
from fewqubit.data.files.source_file import LARGEST, table_kind
from fewqubit.errors import DataError

GOOD = "kind,u\n" + "".join(f"{kind},{number}.5\n" for number, kind in enumerate("aabbcc"))


def read(path):
    return read_frame(path, ["kind"], ["kind"])


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("a", '"a"').encode(),
        GOOD.replace("\n", "\n\n").encode(),
    ],
)
def test_line_ends_marks_and_quotes_make_no_difference(content, tmp_path):
    (tmp_path / "x.csv").write_bytes(content)
    assert read(tmp_path / "x.csv")["u"].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            GOOD.replace("b", "\x81").encode("latin-1"),
            r"line 4 is not UTF-8 \(byte 0x81\)",
        ),
        (gzip.compress(GOOD.encode(), mtime=0)[:-9], "cannot be unpacked as gzip"),
        (bz2.compress(GOOD.encode())[:-9], "cannot be unpacked as bzip2"),
        (b"PK\x03\x04", "cannot be unpacked as zip"),
        (b"\x28\xb5\x2f\xfd\x04", "packed by zstd; unpack"),
        (b"PAR1", "a Parquet file"),
        (b"\0" * 100_000, "NUL byte"),
        (GOOD.replace("1.5", "1\0.5").encode(), "line 3 holds a NUL byte"),
        (b"kind;u\na;1,2,3\nb\n", "separated by commas, are 'kind;u'"),
        (b"z" * 200_000, "field larger than field limit"),
        (b"kind,u, u\na,1,2\n", r"more than one column is called ' u' \(one 'u'\)"),
        (b"kind," + b",".join(b"u%d" % n for n in range(20_001)) + b"\n", "up to 20000 are read"),
    ],
)
def test_what_is_no_text_with_commas_is_said_with_the_remedy(content, message, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        read(path)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500


def test_what_is_no_file(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with (tmp_path / "huge.csv").open("wb") as stream:
        stream.truncate(LARGEST + 1)  # no bytes on the disk
    for name, message in {
        "none.csv": "no such file",
        "folder.csv": "is a folder",
        "loop.csv": "cannot be opened: .*symbolic links",
        "pipe.csv": "is no ordinary file",
        "huge.csv": "has 2.0 GiB; tables up to 2 GiB",
        f"{'a' * 300}.csv": "cannot be opened: File name too long",
        "nul\0.csv": "cannot be opened",
    }.items():
        with pytest.raises(DataError, match=message):
            table_kind(tmp_path / name)


def test_what_an_experiment_in_a_folder_of_its_own_lacks(tmp_path, monkeypatch):
    folder = tmp_path / ".dvc/tmp/exps/standalone/tmp1"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    with pytest.raises(DataError, match=r"none\.csv: no such file; .* `dvc add` the file first"):
        read(folder / "none.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    (tmp_path / "x.csv").touch(mode=0)
    with pytest.raises(DataError, match="cannot be opened: Permission denied"):
        table_kind(tmp_path / "x.csv")


def test_a_parquet_index_is_a_column_if_it_has_a_name(tmp_path):
    frame = pd.DataFrame({"kind": list("abab"), "u": np.arange(4) / 4, "v": 1.0})
    for index in (["kind"], ["u"], ["kind", "u"]):
        frame.set_index(index).to_parquet(tmp_path / "x.parquet")
        back = read(tmp_path / "x.parquet")
        pd.testing.assert_frame_equal(back[list(frame.columns)], frame, check_dtype=False)
    frame.sample(frac=1, random_state=0).to_parquet(tmp_path / "x.parquet")
    assert list(read(tmp_path / "x.parquet").columns) == ["kind", "u", "v"]


def test_whole_labels_stay_whole_where_some_are_missing(tmp_path):
    frame = pd.DataFrame({"kind": pd.array([1, None, 2**60 + 1], "Int64"), "u": [1.0, 2, 3]})
    frame.to_parquet(tmp_path / "x.parquet")
    assert read(tmp_path / "x.parquet")["kind"].dropna().tolist() == [1, 2**60 + 1]
