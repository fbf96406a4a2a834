"""Read and write artefacts: whole files or none, the same bytes for the same content, no pickle."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fewqubit.errors import ArtifactError

REMEDY = "run `dvc repro` to make it again"


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and rename it onto ``path`` if the block succeeds.

    A killed stage thus leaves the old file or the new one, never half of one. The temporary name
    is fixed, so that the next attempt overwrites what a killed one left.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write ``content`` to ``path``, all or nothing."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_text(path: str | Path, content: str) -> None:
    """Write ``content`` as UTF-8 with Unix line ends to ``path``, all or nothing."""
    write_bytes(path, content.encode())


def write_json(path: str | Path, value: Any) -> None:
    """Write ``value`` as indented JSON; numpy numbers and arrays become plain ones.

    Raises ValueError on NaN or infinity, which JSON cannot say.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    write_text(path, text + "\n")


def read_json(path: str | Path) -> Any:
    """The content of a JSON file. Raises ArtifactError if it is missing or damaged."""
    try:
        return json.loads(_existing(path).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{path}: expected JSON, but {error}; {REMEDY}") from error


def write_npz(path: str | Path, arrays: Mapping[str, ArrayLike]) -> None:
    """Write named arrays, sorted by name; numpy dates every member 1980, so bytes repeat.

    Raises TypeError for an array of Python objects, which only pickle could store.
    """
    plain = {name: np.asarray(arrays[name]) for name in sorted(arrays)}
    for name, array in plain.items():
        if array.dtype.hasobject:
            raise TypeError(f"array '{name}' for {path} holds Python objects, expected numbers")
    with replacing(path) as partial, partial.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **plain)


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """All arrays of an npz file by name. Raises ArtifactError if it is missing or damaged."""
    try:
        with np.load(_existing(path), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ArtifactError(f"{path}: expected arrays (.npz), but {error}; {REMEDY}") from error


def sha256(path: str | Path) -> str:
    """Checksum of a file's bytes, in hexadecimal."""
    with _existing(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise ArtifactError(f"{path}: expected a file, found none; {REMEDY}")
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
