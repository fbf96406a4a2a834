"""Folders and lists of pictures: classes, groups, and every fault with its file."""

import gzip

import numpy as np
import pytest
from PIL import Image

from drawn_pictures import as_bytes, draw_digits
from fewqubit.config import Images
from fewqubit.data.pictures.decode import decode
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError, FewqubitError

SMALL = Pictures(size=8, channels="grey")
BLACK, WHITE = (as_bytes(Image.new("L", (8, 8), level)) for level in (0, 255))


@pytest.fixture
def read(tmp_path, episodes):
    def of(path=tmp_path, **changes):
        asked = {"path": str(path), "pictures": SMALL, "episodes": episodes, **changes}
        return read_raw(Images(source="images", **asked))

    return of


@pytest.fixture
def put(tmp_path):
    def file(name, content=BLACK):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return file


def test_class_folders_become_classes(read, tmp_path):
    draw_digits(tmp_path, 3, 7)
    raw = read()
    assert raw.names == raw.groups == ["digit 0", "digit 1", "digit 2"]
    assert raw.x.shape == (21, 8, 8)
    assert raw.x.dtype == np.uint8
    assert np.bincount(raw.y).tolist() == [7, 7, 7]
    first = sorted((tmp_path / "digit 1").iterdir())[0]
    assert np.array_equal(raw.x[7], decode(first, SMALL, "x"))
    assert raw.notes == ["21 pictures, padded and resized to 8 × 8 (lanczos), grey"]


def test_rows_do_not_depend_on_the_disk(read, put):
    for name in ("b/2.png", "a/10.png", "a/9.PNG", "b/1.png"):
        put(name, WHITE if name.startswith("b") else BLACK)
    raw = read()
    assert raw.y.tolist() == [0, 0, 1, 1]
    assert raw.x[:, 0, 0].tolist() == [0, 0, 255, 255]


def test_nested_folders_are_classes_of_a_group(read, put):
    for name in ("birds/tit/1.png", "birds/owl/1.png", "fish/eel/1.png"):
        put(name)
    raw = read(group="folder")
    assert raw.names == ["birds/owl", "birds/tit", "fish/eel"]
    assert raw.groups == ["birds", "birds", "fish"]
    assert read().groups == raw.names


def test_what_is_no_picture_is_left_out_and_said(read, put):
    for name in ("a/1.png", "b/1.png", "a/notes.txt", "labels.csv", ".DS_Store", "a/.x/2.png"):
        put(name)
    raw = read()
    assert len(raw.y) == 2
    assert (
        raw.notes[1]
        == "left out, since they are not named as pictures are: a/notes.txt, labels.csv (2)"
    )


def test_links_to_files_are_followed_and_those_to_folders_are_not(read, put, tmp_path):
    put("a/1.png")
    cached = put(".cache/1f", WHITE)  # as DVC may keep it
    (tmp_path / "b").mkdir()
    (tmp_path / "b/1.png").symlink_to(cached)
    assert read().x[:, 0, 0].tolist() == [0, 255]
    cached.unlink()
    with pytest.raises(DataError, match=r"b/1\.png: is no file, or a link"):
        read()
    (tmp_path / "a/loop").symlink_to(tmp_path / "a")
    with pytest.raises(DataError, match="a/loop: is a link to a folder"):
        read()


def test_a_list_names_files_beside_it(read, put):
    put("tits/1.png")
    put("owls/1.PNG", WHITE)
    path = put("list.csv", "\ufefffile,label\nowls\\1.PNG,owl\ntits/1.png, tit\n".encode())
    raw = read(path)
    assert raw.names == ["owl", "tit"]
    assert raw.x[:, 0, 0].tolist() == [255, 0]


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("list.csv", lambda text: text.encode("utf-16")),
        ("list.csv.gz", lambda text: gzip.compress(text.encode())),
        ("list.tsv", lambda text: text.replace(";", "\t").encode()),
    ],
)
def test_a_list_is_written_as_tables_are(read, put, name, packed):
    put("eule.png", WHITE)
    put("meise, blau.png")
    text = "file;label\neule.png;Eule\nmeise, blau.png;Meise\n"
    raw = read(put(name, packed(text)))
    assert raw.names == ["Eule", "Meise"]
    assert raw.x[:, 0, 0].tolist() == [255, 0]
    assert any("separated by" in note for note in raw.notes)


def test_a_list_may_have_columns_of_its_own(read, put):
    put("1.png")
    put("2.png", WHITE)
    path = put("list.csv", b"place;kind\n")
    with pytest.raises(DataError, match="no column 'where'"):
        read(path, file="where")
    path = put("list.csv", b"genus,where,what\nx,1.png,a\nx,2.png,b\n")
    assert read(path, file="where", label="what", group="genus").groups == ["x", "x"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("file,label\n../x.png,a\n", "row 1 names '../x.png', which leads out"),
        ("file,label\n/etc/passwd,a\n", "row 1 names '/etc/passwd', which leads out"),
        ("file,label\nC:/x.png,a\n", "row 1 names 'C:/x.png', which leads out"),
        ("file,label\n,a\n", "row 1 names no file"),
        ("file,label\n1.png,a\n1.png,b\n", "row 2 names '1.png' again, which row 1 has"),
        ("file,label\n1.png,\n", r"1 pictures have no class \(1\.png\)"),
        ("file,label\n1.png\n", "row 1 has 1 cells, the header 2"),
        ("file,label\ngone.png,a\n", "gone.png: is no file"),
        ("file,label\n", "no rows below the header"),
        ("file,kind\n1.png,a\n", "no column 'label'; its columns are file, kind"),
        ("", "no column 'file'"),
        ('file,label\n"1.png,a\n', "cannot be read as CSV"),
    ],
)
def test_a_fault_of_a_list_is_one_line(read, put, lines, said):
    put("1.png")
    with pytest.raises(DataError, match=said) as raised:
        read(put("list.csv", lines.encode()))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("files", "changes", "said"),
    [
        ([], {}, "no picture in it"),
        (["a/x.docx"], {}, "no picture in it .*it holds a/x.docx"),
        (["1.png", "a/2.png"], {}, r"1 pictures have no class \(1\.png\)"),
        (["a/1.png"], {"group": "folder"}, "class 'a' has no group"),
        (["a/1.png"], {"group": "genus"}, "group: expected `folder`"),
        (["a/1.png", "A/1.png"], {}, "one class spelled in two ways"),
    ],
)
def test_a_fault_of_a_folder_is_one_line(read, put, files, changes, said):
    for name in files:
        put(name)
    with pytest.raises(FewqubitError, match=said) as raised:
        read(**changes)
    assert "\n" not in str(raised.value)


def test_there_must_be_a_folder(read, tmp_path):
    with pytest.raises(DataError, match="gone: expected a folder of class folders"):
        read(tmp_path / "gone")
