"""Read and write artefacts: atomically, with the same bytes for the same content, no pickle."""

import errno
import hashlib
import json
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from fewqubit.base.io.finite import check_finite, first_not_finite
from fewqubit.errors import ArtifactError, NumbersError

REMEDY = "run `dvc repro` to make it again"
TO_DO = {  # what helps against what the system says
    errno.ENOSPC: "free some space and run it again",
    errno.EDQUOT: "free some space and run it again",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: "allow writing there, or choose another place",
    errno.EPERM: "allow writing there, or choose another place",
    errno.EROFS: "choose a place that can be written to",
}
NOT_ARRAYS = (  # what numpy and zipfile raise at a damaged file
    ValueError,
    OSError,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and rename it onto ``path`` if the block succeeds.

    A killed stage thus leaves the old file or the new one, never half of one. The temporary name
    is fixed, so that the next attempt overwrites what a killed one left.

    Raises ArtifactError if the system does not let it be written: a full disk, a long name.
    """
    path = Path(path)
    partial = path.with_name(partial_name(path.name))
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """A context that turns system errors of writing ``path`` into an ArtifactError of one line."""
    try:
        yield
    except OSError as error:
        remedy = TO_DO.get(error.errno or 0, "check the place")
        raise ArtifactError(
            f"{path}: cannot be written: {error.strerror or error}; {remedy}"
        ) from error


def partial_name(name: str) -> str:
    """A hidden name for a file that is being written, within the length limit of names."""
    return f".{name}.partial" if len(name) < 200 else f".{_digest(name.encode())[:16]}.partial"


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write ``content`` to ``path``, all or nothing."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_text(path: str | Path, content: str) -> None:
    """Write ``content`` as UTF-8 with Unix line ends to ``path``, all or nothing."""
    write_bytes(path, content.encode())


def write_json(path: str | Path, value: Any) -> None:
    """Write ``value`` as indented JSON; numpy numbers and arrays become plain ones.

    Raises NumbersError on NaN or infinity, which JSON cannot represent.
    """
    write_text(path, json_text(path, value))


def json_text(path: str | Path, value: Any) -> str:
    """``value`` as ``write_json`` writes it to ``path``."""
    try:
        text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError as error:
        raise NumbersError(
            f"{path}: {_not_a_number(value) or 'a value'} is NaN or infinite, which JSON cannot "
            "say; what made it went wrong before"
        ) from error
    return text + "\n"


def read_json(path: str | Path) -> Any:
    """The content of a JSON file. Raises ArtifactError if it is missing or damaged."""
    try:
        return json.loads(_existing(path).read_text(encoding="utf-8"), parse_constant=_refuse)
    except (ValueError, OSError, RecursionError) as error:
        raise ArtifactError(f"{path}: expected JSON, but {_line(error)}; {REMEDY}") from error


def write_npz(path: str | Path, arrays: Mapping[str, ArrayLike], finite: bool = True) -> None:
    """Write named arrays, sorted by name; numpy dates every member 1980, so bytes repeat.

    Raises TypeError for an array of Python objects, which only pickle could store; NumbersError
    for NaN or infinity, if numbers must be ``finite``.
    """
    plain = {name: np.asarray(arrays[name]) for name in sorted(arrays)}
    for name, array in plain.items():
        if array.dtype.hasobject:
            raise TypeError(f"array '{name}' for {path} holds Python objects, expected numbers")
        if finite:
            check_finite(array, f"{path}, array '{name}'", ["row", "place"], "nothing was written")
    with replacing(path) as partial, partial.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **plain)


def read_npz(path: str | Path, finite: bool = True) -> dict[str, np.ndarray]:
    """All arrays of an npz file by name.

    Raises ArtifactError: it is missing or damaged, or has NaN or infinity although numbers must be
    ``finite``.
    """
    if not zipfile.is_zipfile(_existing(path)):
        raise ArtifactError(f"{path}: expected arrays (.npz), but it is no such file; {REMEDY}")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
    except NOT_ARRAYS as error:
        raise ArtifactError(
            f"{path}: expected arrays (.npz), but {_line(error)}; {REMEDY}"
        ) from error
    for name, array in arrays.items():
        if finite and first_not_finite(array) is not None:
            raise ArtifactError(f"{path}: array '{name}' holds NaN or infinity; {REMEDY}")
    return arrays


def sha256(path: str | Path) -> str:
    """Checksum of a file's bytes, in hexadecimal."""
    try:
        with _existing(path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}") from error


def set_aside(path: str | Path, error: ArtifactError, then: str) -> None:
    """Rename a damaged file, so that work restarts without it, and report it on stderr."""
    path = Path(path)
    aside = path.with_name(f"{path.name}.damaged")
    with writing(aside):
        if aside.is_dir():
            shutil.rmtree(aside)
        path.replace(aside)
    sys.stderr.write(f"{error}: set aside as {aside.name}; {then}\n")


def _existing(path: str | Path) -> Path:
    path = Path(path)
    try:
        found = path.is_file()
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise ArtifactError(f"{path}: cannot be read: {error.strerror}") from error
    if not found:
        raise ArtifactError(f"{path}: expected a file, found none; {REMEDY}")
    return path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _line(error: BaseException) -> str:
    """The message of an error, on one line; its type if the message is empty."""
    return " ".join(str(error).split()) or type(error).__name__


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}, which is no number")


def _not_a_number(value: Any, name: str = "") -> str | None:
    """The name of the first NaN or infinity within ``value``, as ``a.b.0``."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return None if np.isfinite(value) else name or "the value"
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    within = (_not_a_number(part, f"{name}.{key}".lstrip(".")) for key, part in parts)
    return next((found for found in within if found), None)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return value.as_posix()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
