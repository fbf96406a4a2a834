"""Check a file on disk: may it be read, is it what its name says, is it text?

This happens before pandas or pyarrow read it, so that errors are one line and memory is bounded.
"""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fewqubit.errors import DataError

KINDS = {
    ".csv": "CSV",
    ".tsv": "CSV",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
}
PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
EXPERIMENTS = "/.dvc/tmp/exps/"  # where `dvc exp run --temp` and its queue run
LARGEST = 2 * 2**30  # bytes of a file; as numbers it takes several times as much memory
LONGEST_LINE = 64 * 2**20
PACKED = {
    b"\x1f\x8b": "packed by gzip",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"\x89HDF": "an HDF5 file",
}
WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
TO_UTF8 = "save it as UTF-8 (iconv -f {} -t UTF-8 FILE > NEW)"


class Reading(NamedTuple):
    """What is read of a table, and how.

    columns:  their names, as in the file
    texts:    columns of labels, which are read as they are written
    as_text:  other columns whose digits are no numbers
    missing:  texts that mean a missing value
    """

    path: Path
    columns: Sequence[str]
    texts: Sequence[str]
    as_text: Sequence[str]
    missing: Sequence[str]


def table_kind(path: Path) -> str:
    """The kind of a readable file: CSV or Parquet.

    Raises DataError: there is no file, it is a folder or a pipe, too large, or has another suffix.
    """
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            path.open("rb").close()  # whether it may be read
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; {_remedy()}") from None
    except (OSError, ValueError) as error:  # no permission, links in a circle, too long a name
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be opened: {reason}; correct the path") from error
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
        raise DataError(f"{path}: is {what}; name a .csv, .parquet or .jsonl file")
    suffix = unpacked_suffix(path)
    if suffix not in KINDS or (KINDS[suffix] != "CSV" and suffix != path.suffix.lower()):
        raise DataError(
            f"{path}: expected a file named .csv or .parquet, .tsv or .jsonl, or .csv.gz; rename "
            "or convert it"
        )
    if found.st_size > LARGEST:
        raise DataError(
            f"{path}: has {found.st_size / 2**30:.1f} GiB; tables up to {LARGEST >> 30} GiB are "
            "read: take a sample of the rows, or fewer columns"
        )
    return KINDS[suffix]


def _remedy() -> str:
    if EXPERIMENTS not in Path.cwd().as_posix():
        return "correct the path"
    return "the folder of an experiment holds what git and DVC know: `dvc add` the file first"


def unpacked_suffix(path: Path) -> str:
    """``.csv`` of my.csv, my.csv.gz and my.zip."""
    last = path.suffix.lower()
    if last not in PACKED_SUFFIXES:
        return last
    return Path(path.stem).suffix.lower() or ".csv"


def check_text(path: Path) -> None:
    """Raise DataError, naming the line, if a CSV file is no UTF-8 text."""
    with path.open("rb") as stream:
        check_lines(stream, path)


def check_lines(stream: BinaryIO, path: Path) -> None:
    """Raise DataError, naming the line, if the CSV file ``stream`` of ``path`` is no UTF-8 text."""
    lines = iter(lambda: stream.readline(LONGEST_LINE), b"")
    for number, line in enumerate(lines, 1):
        if fault := _fault(line, number):
            raise DataError(f"{path}: cannot be read as CSV: {fault}")


def _fault(line: bytes, number: int) -> str | None:
    """What is wrong with line ``number``, and what to do."""
    if number == 1:
        for start, what in PACKED.items():
            if line.startswith(start):
                return f"it is {what}; unpack or convert it"
        if line.startswith(WIDE):
            return f"it is UTF-16 or UTF-32; {TO_UTF8.format('UTF-16')}"
    if b"\0" in line:
        return (
            f"line {number} holds a NUL byte, as binary files and UTF-16 do; if it is text, "
            + TO_UTF8.format("UTF-16LE")
        )
    if len(line) >= LONGEST_LINE:
        return f"line {number} is longer than {LONGEST_LINE >> 20} MiB; break it up"
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return (
            f"line {number} is not UTF-8 (byte 0x{line[error.start]:02x}); if it is Windows-1252 "
            f"or Latin-1, {TO_UTF8.format('WINDOWS-1252')}"
        )
    return None
