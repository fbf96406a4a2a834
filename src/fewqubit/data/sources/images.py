"""The user's own pictures: a folder of class folders, or a CSV file of paths and labels."""

from pathlib import Path

import numpy as np

from fewqubit.base.io.progress import Progress
from fewqubit.data.labels import quoted
from fewqubit.data.pictures.decode import decode_all
from fewqubit.data.pictures.files import (
    FILE,
    LABEL,
    PictureFiles,
    classes_of,
    groups_of,
    in_folder,
    in_table,
)
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.pictures.vectors import embedded
from fewqubit.data.raw import RawData
from fewqubit.data.settings import Images
from fewqubit.errors import SettingsError

FOLDER = "folder"  # the value of ``group`` that makes folders the groups


def read_images(settings: Images) -> RawData:
    """Pictures as levels [N, size, size] or [N, size, size, 3]; classes are sorted by name.

    Raises DataError, with file or row and the remedy: no pictures, one that is damaged or too
    large, one without a class, a class in two groups.
    """
    path = Path(settings.path)
    files = _files(settings)
    names, y = classes_of(files, path)
    groups = names if settings.group is None else groups_of(files, names, path)
    report = Progress(f"pictures of {quoted(path.name)[1:-1]}", len(y), "file").update
    x = decode_all(files.paths, files.wheres, settings.pictures, report)
    notes = [f"{len(y)} pictures, {settings.pictures.description()}", *files.notes]
    raw = RawData(x, y, names, groups, pictures=settings.pictures, notes=notes)
    if settings.embed is None:
        return raw
    rows, embedding = embedded(x, settings.embed, path.name)
    return raw._replace(x=rows, embedding=embedding, examples=list(x))


def read_pictures(
    path: str | Path, pictures: Pictures | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows [N, size, size(, 3)] and their labels, from a folder of class folders or a CSV file.

    The CSV file has the columns ``file`` and ``label``; paths are relative to its own folder.
    ``pictures`` says how files become rows. Raises DataError, naming the file.
    """
    place, how = Path(path), pictures or Pictures()
    files = in_table(place, FILE, LABEL) if place.is_file() else in_folder(place)
    names, y = classes_of(files, place)
    return decode_all(files.paths, files.wheres, how), np.array(names)[y]


def _files(settings: Images) -> PictureFiles:
    path, group = Path(settings.path), settings.group
    if path.is_file():
        return in_table(path, settings.file, settings.label, group)
    if group not in (None, FOLDER):
        raise SettingsError(
            f"group: expected `folder`, the one above the class folders of {path}, or null; got "
            f"{quoted(group)}, which only a CSV file could have"
        )
    return in_folder(path)
