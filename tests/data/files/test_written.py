"""How a CSV file is written makes no difference; what was seen of it is said."""

import bz2
import gzip
import io
import lzma
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.data.files import written
from fewqubit.data.files.frame import read_frame
from fewqubit.data.files.written import Written
from fewqubit.errors import DataError

GOOD = "kind,u,w\n" + "".join(f"{kind},{n}.5,ä{n}\n" for n, kind in enumerate("aabbcc"))
SEMICOLONS = GOOD.replace(",", ";")


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return content.getvalue()


def read(path, content, how=written.AS_SEEN):
    path.write_bytes(content)
    return read_frame(path, ["kind"], ["kind"], written=how)


def packed(content: bytes) -> bytes:
    """By gzip, without the time of day, which would stand in the names of the tests."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), "letters are UTF-16"),
        (GOOD.encode("utf-16-le"), "letters are UTF-16-LE"),
        (GOOD.encode("utf-16-be"), "letters are UTF-16-BE"),
        (GOOD.encode("utf-32"), "letters are UTF-32"),
        (GOOD.encode("cp1252"), "letters are not UTF-8 and taken for Windows-1252; set `encoding`"),
        (SEMICOLONS.encode(), "columns are separated by semicolons"),
        (GOOD.replace(",", "\t").encode(), "columns are separated by tabs"),
        (GOOD.replace(",", "|").encode(), "columns are separated by bars"),
        (SEMICOLONS.replace(".", ",").encode(), "numbers have a decimal comma"),
        (packed(GOOD.encode()), "the file is packed by gzip"),
        (bz2.compress(GOOD.encode()), "the file is packed by bzip2"),
        (lzma.compress(GOOD.encode()), "the file is packed by xz"),
        (zipped("deep/t.csv"), "the file is packed by zip"),
        (packed(SEMICOLONS.encode("utf-16")), "letters are UTF-16"),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.tsv", "t.zip"])
def test_it_makes_no_difference_and_is_said(content, said, name, tmp_path):
    frame = read(tmp_path / name, content)
    plain = read(tmp_path / "plain.csv", GOOD.encode())
    pd.testing.assert_frame_equal(frame, plain)
    assert any(line.endswith(said) for line in frame.attrs["notes"])
    assert plain.attrs["notes"] == []


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(-9999, 9999)), min_size=1, max_size=9),
    st.sampled_from(";\t|"),
)
def test_decimal_commas_are_numbers_whatever_separates_them(tmp_path_factory, rows, sign):
    lines = [f"{kind}{sign}{number / 100:.2f}".replace(".", ",") for kind, number in rows]
    path = tmp_path_factory.mktemp("t") / "t.csv"
    frame = read(path, "\n".join([f"kind{sign}u", *lines, ""]).encode())
    assert frame["u"].tolist() == [number / 100 for _, number in rows]


def test_what_may_be_thousands_stays_as_it_is_unless_it_is_said(tmp_path):
    content = b"kind;u\na;1,234\nb;2,345\n"
    assert read(tmp_path / "t.csv", content)["u"].tolist() == ["1,234", "2,345"]
    said = read(tmp_path / "t.csv", content, Written(thousands=","))
    assert said["u"].tolist() == [1234, 2345]
    said = read(tmp_path / "t.csv", content, Written(decimal=","))
    assert said["u"].tolist() == [1.234, 2.345]
    both = b"kind;u\na;1.234,5\nb;2.345,5\n"
    said = read(tmp_path / "t.csv", both, Written(decimal=",", thousands="."))
    assert said["u"].tolist() == [1234.5, 2345.5]


def test_what_is_set_is_taken_and_not_said(tmp_path):
    how = Written(encoding="cp1250", separator=";", decimal=".")
    frame = read(tmp_path / "t.csv", "kind;u\nč;1.5\n".encode("cp1250"), how)
    assert (frame["kind"].tolist(), frame.attrs["notes"]) == (["č"], [])
    for wrong in ("ascii", "no-such"):
        with pytest.raises(DataError, match=f"cannot be read as {wrong}: .*correct `encoding`"):
            read(tmp_path / "t.csv", GOOD.encode(), Written(encoding=wrong))


def test_commas_within_semicolons_and_a_header_that_decides(tmp_path):
    frame = read(tmp_path / "t.csv", b'kind;u\n"a,b";1\n"c,d";2\n')
    assert frame["kind"].tolist() == ["a,b", "c,d"]
    frame = read(tmp_path / "t.csv", b"kind|u;v\na|1;2\nb|3;4\n")
    assert list(frame.columns) == ["kind", "u;v"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped("a.csv", "b.csv"), "a zip archive or a spreadsheet of 2 files; expected one"),
        (zipped(), "line 1 holds a NUL byte"),
        (packed(GOOD.encode())[:-9], "cannot be unpacked as gzip"),
        (packed(b"z" * 5000), "unpacks to more than 0 MiB; take a sample"),
        (packed(b"\0" * 900), "line 1 holds a NUL byte"),
        (packed(packed(b"a")), "it is packed by gzip; unpack"),
    ],
)
def test_what_cannot_be_unpacked_is_one_line(content, message, tmp_path, monkeypatch):
    monkeypatch.setattr(written, "MOST_UNPACKED", 1000)
    with pytest.raises(DataError, match=message) as error:
        read(tmp_path / "t.csv", content)
    assert "\n" not in str(error.value)


def test_names_of_files(tmp_path):
    with pytest.raises(DataError, match=r"expected a file named \.csv or \.parquet"):
        read(tmp_path / "t.parquet.gz", b"")
