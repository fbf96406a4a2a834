"""Omniglot from zips or folders: ink bright, soft edges, complete, or one clear error."""

import functools
import io
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from fewqubit.config import Omniglot
from fewqubit.data.sources import omniglot
from fewqubit.data.sources.omniglot import ARCHIVES, Archive, download, find, read_omniglot
from fewqubit.data.sources.omniglot_splits import named_split
from fewqubit.errors import DataError

SMALL = tuple(archive._replace(n_characters=2) for archive in ARCHIVES)


def _png(pixel):
    """White paper, 105 × 105, 1 bit, with a black bar whose place tells the drawing."""
    image = Image.new("1", (105, 105), 1)
    image.paste(0, (10 + pixel, 20, 16 + pixel, 90))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _members(archive, n_drawings=20):
    for character in (2, 1):  # not in order of their names
        for drawing in range(n_drawings):
            name = (
                f"{archive.name}/Script_{archive.name[7]}/character0{character}/{drawing:04d}.png"
            )
            yield name, _png(drawing + 20 * character)


@pytest.fixture
def zips(tmp_path, monkeypatch):
    monkeypatch.setattr(omniglot, "ARCHIVES", SMALL)
    for archive in SMALL:
        with zipfile.ZipFile(tmp_path / f"{archive.name}.repacked.zip", "w") as zipped:
            for name, png in _members(archive):
                zipped.writestr(name, png)
    return tmp_path


def _settings(folder, episodes, **changes):
    return Omniglot(source="omniglot", folder=str(folder), episodes=episodes, **changes)


def test_drawings_become_bright_ink_with_soft_edges(zips, episodes):
    raw = read_omniglot(_settings(zips, episodes, rotations=[0, 90]))
    assert raw.x.shape == (2 * 2 * 2 * 20, 28, 28)
    assert raw.x.dtype == np.uint8
    assert raw.names[:3] == [
        "Script_b/character01/rot000",
        "Script_b/character01/rot090",
        "Script_b/character02/rot000",
    ]
    assert raw.groups[:3] == ["Script_b/character01"] * 2 + ["Script_b/character02"]
    assert raw.x[:, 0, 0].max() == 0  # paper
    assert raw.x.max() > 240  # ink
    assert len(np.unique(raw.x)) > 50  # resized with grey levels, not by nearest neighbour
    black = (105 * 105) * raw.x[0].mean() / 255
    assert black == pytest.approx(6 * 70, rel=0.1)  # about the ink of the drawing


def test_unpacked_directories_give_the_same(zips, episodes, tmp_path):
    raw = read_omniglot(_settings(zips, episodes))
    for path in zips.glob("*.zip"):
        zipfile.ZipFile(path).extractall(tmp_path / "unpacked")
    again = read_omniglot(_settings(tmp_path / "unpacked", episodes))
    assert raw.names == again.names
    np.testing.assert_array_equal(raw.x, again.x)


def test_a_missing_file_is_named(zips, episodes):
    (zips / "images_evaluation.repacked.zip").unlink()
    (zips / "images_evaluation_small1.zip").touch()  # an official subset is not the set
    with pytest.raises(DataError, match=r"expected one images_evaluation\.zip .*, found none; put"):
        read_omniglot(_settings(zips, episodes))


def test_two_candidates_are_named(zips, episodes):
    (zips / "images_background.zip").touch()
    with pytest.raises(DataError, match=r"found images_background\.repacked\.zip, images_back"):
        read_omniglot(_settings(zips, episodes))


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_a_damaged_zip_is_named(content, zips, episodes):
    (zips / "images_background.repacked.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"images_background\.repacked\.zip: damaged"):
        read_omniglot(_settings(zips, episodes))


def test_a_damaged_drawing_is_named(zips, episodes):
    with zipfile.ZipFile(zips / "images_background.repacked.zip", "a") as zipped:
        zipped.writestr("images_background/A/character01/0001.png", b"no image")
    with pytest.raises(DataError, match=r"images_background\.repacked\.zip: damaged"):
        read_omniglot(_settings(zips, episodes))


def test_an_incomplete_set_is_refused(zips, episodes):
    with zipfile.ZipFile(zips / "images_background.repacked.zip", "w") as zipped:
        for name, png in _members(SMALL[0], n_drawings=19):
            zipped.writestr(name, png)
    with pytest.raises(DataError, match=r"of 20 drawings each, got 2 .*'Script_b/.*' has 19"):
        read_omniglot(_settings(zips, episodes))
    with zipfile.ZipFile(zips / "images_background.repacked.zip", "w"):
        pass
    with pytest.raises(DataError, match="got 0 characters"):
        read_omniglot(_settings(zips, episodes))


@pytest.fixture
def server(tmp_path):
    """The address of a web server on the loopback that serves ``tmp_path``/served."""
    (tmp_path / "served").mkdir()
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()


def test_a_download_is_checked_and_kept(server, tmp_path):
    (tmp_path / "served" / "images_background.zip").write_bytes(b"content")
    archive = Archive("images_background", "9a0364b9e99bb480dd25e1f0284c8555", 2)
    path = download(archive, server, tmp_path / "kept")
    assert path.read_bytes() == b"content"
    (tmp_path / "served" / "images_background.zip").unlink()
    assert download(archive, server, tmp_path / "kept") == path


def test_a_wrong_checksum_or_no_file_is_one_clear_line(server, tmp_path):
    with pytest.raises(DataError, match=r"could not download .*images_background\.zip: 404"):
        download(ARCHIVES[0], server, tmp_path / "kept")
    (tmp_path / "served" / "images_background.zip").write_bytes(b"content")
    with pytest.raises(DataError, match=r"hash of downloaded file.*set datasets\.omniglot\.folder"):
        download(ARCHIVES[0], server, tmp_path / "kept")


def test_the_real_archives_hold_the_characters_of_the_splits(real_data):
    found = set()
    for archive in ARCHIVES:
        with zipfile.ZipFile(find(archive, real_data / "omniglot")) as zipped:
            names = [name for name in zipped.namelist() if name.endswith(".png")]
        characters = {name.partition("/")[2].rpartition("/")[0] for name in names}
        assert len(characters) == archive.n_characters
        assert len(names) == 20 * archive.n_characters
        found |= characters
    for split in ("vinyals", "background_evaluation"):
        assert set().union(*named_split(split).values()) == found
