"""Checksums as DVC computes them, to tell whether the workspace holds what dvc.lock names."""

import hashlib
import json
from pathlib import Path


def checksum(path: Path) -> str | None:
    """MD5 of a file; of a folder, the MD5 of its sorted listing + ``.dir``; None if missing."""
    if path.is_dir():
        return _folder(path)
    return _file(path) if path.is_file() else None


def _file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "md5").hexdigest()


def _folder(path: Path) -> str:
    files = sorted(
        (file.relative_to(path).as_posix(), file) for file in path.rglob("*") if file.is_file()
    )
    listing = [{"md5": _file(file), "relpath": name} for name, file in files]
    return hashlib.md5(json.dumps(listing).encode()).hexdigest() + ".dir"
