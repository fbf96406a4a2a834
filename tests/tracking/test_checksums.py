from pathlib import Path

from dvc_data.hashfile.build import build
from dvc_data.hashfile.db import HashFileDB
from dvc_objects.fs.local import LocalFileSystem

from fewqubit.tracking.checksums import checksum


def by_dvc(path: Path, cache: Path) -> str:
    files = LocalFileSystem()
    _, _, tree = build(HashFileDB(files, str(cache)), str(path), files, "md5", dry_run=True)
    return tree.hash_info.value


def test_file_and_folder_have_the_checksums_that_dvc_gives_them(tmp_path: Path):
    folder = tmp_path / "folder"
    for name in ("b.txt", "a/b.txt", "a.txt", "ä/é.bin"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}\r\n")
    for path in (folder, folder / "b.txt"):
        assert checksum(path) == by_dvc(path, tmp_path / "cache")


def test_what_is_missing_has_none(tmp_path: Path):
    assert checksum(tmp_path / "nothing") is None
