"""The class of each picture file: a folder of class folders, or a CSV of paths and labels."""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from fewqubit.data.files.frame import check_columns
from fewqubit.data.files.source_file import LONGEST_LINE, table_kind
from fewqubit.data.files.written import AS_SEEN, CsvText, csv_text
from fewqubit.data.labels import joined, label_text, quoted
from fewqubit.errors import DataError

SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".tif", ".tiff"),
    *(".bmp", ".gif", ".ppm", ".pgm", ".pbm", ".pnm"),
}
MOST_FILES = 10_000_000
FILE, LABEL = "file", "label"  # columns


class PictureFiles(NamedTuple):
    """Picture files with labels and groups; an empty text means none.

    top:     the folder that their names are relative to
    names:   of the files, with slashes
    labels:  of their classes
    groups:  what the class belongs to
    notes:   what was left out, a line for each kind
    """

    top: Path
    names: list[str]
    labels: list[str]
    groups: list[str]
    notes: list[str]

    @property
    def paths(self) -> list[Path]:
        return [self.top / name for name in self.names]

    @property
    def wheres(self) -> list[str]:
        """The files for messages."""
        return [quoted(path, 200)[1:-1] for path in self.paths]


def in_folder(top: Path) -> PictureFiles:
    """All pictures below ``top``: the folder of a picture is its class, the one above its group.

    Files and folders are sorted by name. Hidden ones are skipped; files without a picture's suffix
    are left out, and a note says so. Raises DataError: there is no such folder, no picture in it,
    or a link to a folder, which may lead in circles.
    """
    if not top.is_dir():
        raise DataError(f"{top}: expected a folder of class folders, or a CSV file; found none")
    found = sorted(_walk(top), key=lambda name: PurePosixPath(name).parts)
    names = [name for name in found if Path(name).suffix.lower() in SUFFIXES]
    others = [name for name in found if Path(name).suffix.lower() not in SUFFIXES]
    if not names:
        found_instead = f"; it holds {joined(others, 3)}" if others else ""
        raise DataError(
            f"{top}: no picture in it (.png, .jpg, .webp, .tif, …){found_instead}; put a folder of "
            "pictures for each class there"
        )
    parents = [PurePosixPath(name).parent for name in names]
    labels = [label_text(_text(parent)) for parent in parents]
    groups = [label_text(_text(parent.parent)) for parent in parents]
    notes = [
        f"left out, since they are not named as pictures are: {joined(others, 3)} ({len(others)})"
    ]
    return PictureFiles(top, names, labels, groups, notes if others else [])


def in_table(path: Path, file: str, label: str | None, group: str | None = None) -> PictureFiles:
    """The pictures that a CSV file lists, by names relative to its own folder.

    Raises DataError: it is no CSV file, lacks a column, or has a row that names no file, one
    outside that folder, or one that is named before.
    """
    names = [name.replace("\\", "/") for name in texts_of(path, [file])[0]]
    seen: dict[str, int] = {}
    for row, name in enumerate(names, 1):
        if fault := _fault(name):
            raise DataError(f"{path}: row {row} {fault} in column {quoted(file)}")
        if (first := seen.setdefault(name, row)) != row:
            raise DataError(f"{path}: row {row} names {quoted(name)} again, which row {first} has")
    labels, groups = (
        texts_of(path, [column])[0] if column else [""] * len(names) for column in (label, group)
    )
    notes = [f"{path}: {note}" for note in _as_text(path, [file]).written.notes]
    return PictureFiles(path.parent, names, labels, groups, notes)


def texts_of(path: Path, wanted: Sequence[str]) -> list[list[str]]:
    """Columns of a CSV file as texts, without blanks at their ends. Raises DataError."""
    header, *rows = _lines(path, wanted)
    for name in wanted:
        if name not in header:
            raise DataError(
                f"{path}: no column {quoted(name)}; its columns are {joined(header)}; correct the "
                "setting, or the header"
            )
    rows = [row for row in rows if row]
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise DataError(f"{path}: row {number} has {len(row)} cells, the header {len(header)}")
    if not rows:
        raise DataError(f"{path}: no rows below the header; expected one for each picture")
    return [[label_text(row[header.index(name)]) for row in rows] for name in wanted]


def columns_of(path: Path) -> list[str]:
    """The header of a CSV file."""
    return _lines(path)[0]


def _as_text(path: Path, needed: Sequence[str]) -> CsvText:
    if table_kind(path) != "CSV":
        raise DataError(f"{path}: expected a CSV file that lists pictures; convert it")
    return csv_text(path, AS_SEEN, needed)


def _lines(path: Path, needed: Sequence[str] = ()) -> list[list[str]]:
    text = _as_text(path, needed)
    how = text.written.separator or ","
    before = csv.field_size_limit(LONGEST_LINE)  # a file in base64 is one cell
    try:
        with text.open() as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as lines:
            found = [*csv.reader(lines, delimiter=how, strict=True)] or [[]]
    except (csv.Error, ValueError) as error:
        raise DataError(f"{path}: cannot be read as CSV: {error}; repair it") from error
    finally:
        csv.field_size_limit(before)  # which is one for the whole process
    check_columns(found[0], path)
    return found


def one_file(path: Path) -> PictureFiles:
    """A picture by itself."""
    return PictureFiles(path.parent, [path.name], [""], [""], [])


def classes_of(files: PictureFiles, where: Path) -> tuple[list[str], np.ndarray]:
    """Class names, sorted, and the class of each picture. Raises DataError: one has no class."""
    loose = [name for name, label in zip(files.names, files.labels, strict=True) if not label]
    if loose:
        raise DataError(
            f"{where}: {len(loose)} pictures have no class ({joined(loose, 3)}); put each into the "
            "folder of its class, or label its row"
        )
    names, y = np.unique(files.labels, return_inverse=True)
    return names.tolist(), y.astype(np.int32)


def groups_of(files: PictureFiles, names: Sequence[str], where: Path) -> list[str]:
    """The group of each class. Raises DataError: a class is in two, or in none."""
    found: dict[str, str] = {}
    for label, group in zip(files.labels, files.groups, strict=True):
        if not group:
            raise DataError(f"{where}: class {quoted(label)} has no group; leave `group` out")
        if found.setdefault(label, group) != group:
            raise DataError(
                f"{where}: class {quoted(label)} is in groups {quoted(found[label])} and "
                f"{quoted(group)}; a class belongs to one"
            )
    return [found[name] for name in names]


def _walk(top: Path) -> Iterator[str]:
    """Names of all files below ``top`` that are not hidden, with slashes."""
    number = 0
    for folder, below, files in os.walk(top):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in below:
            if Path(folder, name).is_symlink():
                raise DataError(
                    f"{Path(folder, name)}: is a link to a folder, which may lead in circles; put "
                    "the folder itself there"
                )
        for name in files:
            if not name.startswith("."):
                number += 1
                yield Path(folder, name).relative_to(top).as_posix()
        if number > MOST_FILES:
            raise DataError(f"{top}: holds more than {MOST_FILES} files; name a folder below it")


def _text(folder: PurePosixPath) -> str:
    return "" if folder == PurePosixPath(".") else folder.as_posix()


def _fault(name: str) -> str:
    """What is wrong with the name of a file, or nothing."""
    path = PurePosixPath(name)
    if not name:
        return "names no file"
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return f"names {quoted(name)}, which leads out of the folder of the table; move it there,"
    return ""
