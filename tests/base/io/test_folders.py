"""A folder appears as a whole, whenever its making is interrupted."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fewqubit.base.io import folders
from fewqubit.base.io.folders import replacing_folder
from fewqubit.errors import ArtifactError

NAMES = {"a", "b"}

KILLED = """\
import os, sys
from fewqubit.base.io.folders import replacing_folder
moment = int(sys.argv[2])
with replacing_folder(sys.argv[1], {"a", "b"}) as new:
    for number, name in enumerate("ab"):
        moment == number and os._exit(0)  # nothing tidies up, as after SIGKILL
        (new / name).write_text("new")
    moment == 2 and os._exit(0)
"""


def write(folder: Path, text: str) -> None:
    with replacing_folder(folder, NAMES) as new:
        for name in sorted(NAMES):
            (new / name).write_text(text)


def fill_the_disk(folder: Path) -> None:
    with replacing_folder(folder, NAMES) as new:
        (new / "a").write_text("new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("swaps", [True, False])
def test_the_new_one_takes_the_place_of_the_old(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(folders, "_swapped", lambda left, right: False)
    for text in ("old", "new"):
        write(tmp_path / "deep" / "model", text)
        assert content(tmp_path / "deep" / "model") == {"a": text, "b": text}
        assert [path.name for path in (tmp_path / "deep").iterdir()] == ["model"]


def test_a_kill_at_any_moment_leaves_old_or_new(tmp_path):
    place, left = tmp_path / "model", []
    write(place, "old")
    for moment in range(4):
        subprocess.run([sys.executable, "-c", KILLED, str(place), str(moment)], check=True)
        left.append(tuple(content(place).values()))
    assert left == [("old", "old")] * 3 + [("new", "new")]


def test_what_is_not_ours_is_kept(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ArtifactError, match=r"holds 'thesis\.tex', which would be lost"):
        write(tmp_path, "new")
    with pytest.raises(ArtifactError, match="expected a folder, or nothing yet, found a file"):
        write(tmp_path / "thesis.tex", "new")
    assert content(tmp_path) == {"thesis.tex": "years of work"}


def test_a_failure_leaves_the_old_one(tmp_path):
    write(tmp_path / "model", "old")
    with pytest.raises(ArtifactError, match=r"/model: cannot.*No space left on device; free some"):
        fill_the_disk(tmp_path / "model")
    assert content(tmp_path / "model") == {"a": "old", "b": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_names_that_the_system_refuses_and_links(tmp_path):
    with pytest.raises(ArtifactError, match="File name too long; choose a shorter name"):
        write(tmp_path / ("x" * 256), "new")
    write(tmp_path / ("x" * 255), "new")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", "new")
    assert content(tmp_path / "real") == {"a": "new", "b": "new"}
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ArtifactError):
        write(tmp_path / "loop", "new")
