"""How a CSV file is written: compression, encoding, separators. Detected and reported, or set.

Only what the file's bytes show without doubt is detected, with one exception: text that is no UTF-8
is read as Windows-1252, like nearly all such files, and that is reported.
"""

import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fewqubit.data.files.source_file import check_lines
from fewqubit.errors import DataError

MOST_UNPACKED = 512 * 2**20  # bytes, which are in memory
HEAD, LINES = 2**18, 100  # bytes and lines from which separators are detected
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32"}
MARKS |= {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
PRINTED = bytes([9, 10, 12, 13, *range(32, 256)])
WHOLE_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
POINT = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
THREE = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
PACKED_FAULTS = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, RuntimeError)


class Written(NamedTuple):
    """How a CSV file is written; None: detect it. ``notes``: a line on each detected property."""

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    notes: tuple[str, ...] = ()


AS_SEEN = Written()


class CsvText(NamedTuple):
    """A CSV file as UTF-8: the file itself, or its unpacked and re-encoded ``content``."""

    path: Path
    written: Written
    content: bytes | None = None

    def open(self) -> BinaryIO:
        """The bytes, from the start."""
        return self.path.open("rb") if self.content is None else io.BytesIO(self.content)


def csv_text(path: Path, asked: Written, needed: Sequence[str] = ()) -> CsvText:
    """The file at ``path`` as UTF-8, and how it is written; its header has the columns ``needed``.

    Raises DataError: it cannot be unpacked, unpacks to too much, or is no text.
    """
    content, notes = _unpacked(path)
    content, encoding = _as_utf8(path, content, asked.encoding)
    notes += encoding
    text = CsvText(path, asked, content)
    with text.open() as stream:
        check_lines(stream, path)
    with text.open() as stream:
        head = stream.read(HEAD).decode("utf-8-sig", "ignore")
    separator = asked.separator or _separator(head, needed)
    decimal = asked.decimal or _decimal(head, separator)
    if separator != "," and not asked.separator:
        notes.append(f"columns are separated by {SEPARATORS[separator]}")
    if decimal == "," and not asked.decimal:
        notes.append("numbers have a decimal comma")
    found = asked._replace(separator=separator, decimal=decimal, notes=tuple(notes))
    return text._replace(written=found)


def _unpacked(path: Path) -> tuple[bytes | None, list[str]]:
    """The unpacked bytes of a compressed file, with a note; None for any other file."""
    with path.open("rb") as stream:
        start = stream.read(6)
    for mark, (name, unpack) in _UNPACK.items():
        if start.startswith(mark):
            try:
                content = unpack(path)
            except PACKED_FAULTS as error:
                raise DataError(f"{path}: cannot be unpacked as {name}: {error}") from error
            if len(content) > MOST_UNPACKED:
                raise DataError(
                    f"{path}: unpacks to more than {MOST_UNPACKED >> 20} MiB; take a sample of "
                    "the rows, or unpack it"
                )
            return content, [f"the file is packed by {name}"]
    return None, []


def _member(path: Path) -> bytes:
    """The only file in a zip archive."""
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        if len(members) != 1:
            raise DataError(
                f"{path}: is a zip archive or a spreadsheet of {len(members)} files; expected one "
                "CSV file in it: unpack or convert it"
            )
        with archive.open(members[0]) as stream:
            return stream.read(MOST_UNPACKED + 1)


def _gzip(path: Path) -> bytes:
    with gzip.open(path, "rb") as stream:
        return stream.read(MOST_UNPACKED + 1)


def _bzip2(path: Path) -> bytes:
    with bz2.open(path, "rb") as stream:
        return stream.read(MOST_UNPACKED + 1)


def _xz(path: Path) -> bytes:
    with lzma.open(path, "rb") as stream:
        return stream.read(MOST_UNPACKED + 1)


_UNPACK: dict[bytes, tuple[str, Callable[[Path], bytes]]] = {
    b"\x1f\x8b": ("gzip", _gzip),
    b"BZh": ("bzip2", _bzip2),
    b"\xfd7zXZ": ("xz", _xz),
    b"PK\x03\x04": ("zip", _member),
}


def _as_utf8(
    path: Path, content: bytes | None, asked: str | None
) -> tuple[bytes | None, list[str]]:
    """``content`` in UTF-8, with a note if it was converted; None for the unchanged file."""
    with path.open("rb") if content is None else io.BytesIO(content) as stream:
        encoding = asked or _marked(stream.read(4096))
        stream.seek(0)
        if encoding is None and _is_utf8(stream):
            return content, []
        stream.seek(0)
        raw = stream.read(MOST_UNPACKED + 1)
    if len(raw) > MOST_UNPACKED:
        raise DataError(f"{path}: is not UTF-8, and too large to convert; save it as UTF-8")
    if encoding is None and raw.translate(None, PRINTED) != b"":
        return content, []  # control characters: no text in any encoding
    encoding = encoding or "cp1252"
    try:
        text = raw.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        if asked is None:
            return content, []  # ``check_lines`` says what is wrong, and where
        raise DataError(f"{path}: cannot be read as {asked}: {error}; correct `encoding`") from None
    if asked is not None:
        return text.encode(), []
    if encoding == "cp1252":
        return text.encode(), ["letters are not UTF-8 and taken for Windows-1252; set `encoding`"]
    return text.encode(), [f"letters are {encoding.upper()}"]


def _is_utf8(stream: BinaryIO) -> bool:
    """Whether to read ``stream`` as UTF-8: it is valid, or its first invalid line has a NUL."""
    for line in stream:
        try:
            line.decode()
        except UnicodeDecodeError:
            return b"\0" in line  # no text at all
    return True


def _marked(start: bytes) -> str | None:
    """The encoding from a byte order mark, or from zeros in every second byte (Latin in UTF-16)."""
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return encoding
    even, odd = start[::2].count(0), start[1::2].count(0)
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(start) >= 4 and others == 0 and zeros > len(start) // 4:
            return encoding
    return None


def _separator(head: str, needed: Sequence[str]) -> str:
    """The separator with which all lines have as many cells as the header, with the ``needed``."""
    good = [sign for sign in SEPARATORS if _fits(head, sign)]
    named = [sign for sign in good if set(needed) <= set(_rows(head, sign)[0])]
    return next(iter([*named, *good]), ",")


def _fits(head: str, separator: str) -> bool:
    widths = {len(row) for row in _rows(head, separator) if row}
    return len(widths) == 1 and widths != {1}


def _rows(head: str, separator: str) -> list[list[str]]:
    lines = head.splitlines(keepends=True)
    complete_lines = lines if len(head) < HEAD // 4 else lines[:-1]
    try:
        return [*csv.reader(complete_lines[:LINES], delimiter=separator)] or [[]]
    except csv.Error:
        return [[]]


def _decimal(head: str, separator: str) -> str:
    """A comma if numbers have commas but no points, and some cannot separate thousands."""
    if separator == ",":
        return "."
    cells = [cell.strip() for row in _rows(head, separator)[1:] for cell in row]
    commas = [cell for cell in cells if WHOLE_COMMA.fullmatch(cell)]
    points = any(POINT.fullmatch(cell) for cell in cells)
    return "," if commas and not points and not all(map(THREE.fullmatch, commas)) else "."
