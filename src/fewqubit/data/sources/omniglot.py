"""Omniglot: 1623 handwritten characters of 50 alphabets, 20 drawings of each (Lake et al. 2015)."""

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from fewqubit.base.extras import needs
from fewqubit.data.raw import RawData
from fewqubit.data.settings import Omniglot
from fewqubit.data.sources.omniglot_runs import read_runs, with_runs
from fewqubit.data.sources.rotations import turned_classes
from fewqubit.errors import DataError

ADDRESS = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/"
DOWNLOADS = Path("data/omniglot")
DRAWINGS = 20


class Archive(NamedTuple):
    """One of the two official zips."""

    name: str
    md5: str
    n_characters: int


ARCHIVES = (
    Archive("images_background", "68d2efa1b9178cc56df9314c21c6e718", 964),
    Archive("images_evaluation", "6b91aef0f799c5bb55b94e3f2daec811", 659),
)


def read_omniglot(settings: Omniglot) -> RawData:
    """Rotations of characters as classes, [N, size, size], uint8 levels of 1/255, ink = 255.

    Read from ``settings.folder`` (the two zips, official or repacked, or unpacked); without one,
    downloaded into data/omniglot and checked by checksum. With ``settings.runs`` only the
    background set is read for training, and Lake's runs are the test. Raises DataError: a file is
    missing, damaged or incomplete.
    """
    folder = None if settings.folder is None else Path(settings.folder)
    drawings: dict[str, list[np.ndarray]] = {}
    for archive in ARCHIVES if settings.runs is None else ARCHIVES[:1]:
        place = download(archive) if folder is None else find(archive, folder)
        found = _read(place, settings.size)
        _complete(found, archive, place)
        drawings |= found
    images = np.stack([image for name in drawings for image in drawings[name]])
    y = np.repeat(np.arange(len(drawings)), DRAWINGS)
    turned = dict.fromkeys(drawings, settings.rotations)
    taught = turned_classes(images, y, list(drawings), turned)
    if settings.runs is None:
        return taught
    return with_runs(taught, read_runs(Path(settings.runs), partial(_image, size=settings.size)))


def download(archive: Archive, address: str = ADDRESS, folder: Path = DOWNLOADS) -> Path:
    """Download the official zip if it is missing. Raises DataError: no network, wrong checksum."""
    with needs("pipeline", "the download of Omniglot"):
        import pooch
        from requests.exceptions import RequestException
    name = f"{archive.name}.zip"
    try:
        return Path(pooch.retrieve(address + name, f"md5:{archive.md5}", fname=name, path=folder))
    except (RequestException, OSError, ValueError) as error:
        raise DataError(
            f"could not download {address + name}: {error}; fetch it by other means and set "
            "datasets.omniglot.folder to the folder that holds it"
        ) from error


def find(archive: Archive, folder: Path) -> Path:
    """The zip or unpacked directory of ``archive`` in ``folder``. Raises DataError: none there."""
    zips = [path for path in sorted(folder.glob(f"{archive.name}*.zip")) if _is_full(path)]
    directory = folder / archive.name
    places = [directory] if directory.is_dir() else zips
    if len(places) != 1:
        found = ", ".join(path.name for path in places) or "none"
        raise DataError(
            f"{folder}: expected one {archive.name}.zip or directory {archive.name}/, found "
            f"{found}; put it there, or set datasets.omniglot.folder to null to download it"
        )
    return places[0]


def _is_full(path: Path) -> bool:
    """Whether ``path`` is not one of the official small subsets, which share its prefix."""
    return "_small" not in path.name


def _read(place: Path, size: int) -> dict[str, list[np.ndarray]]:
    """All drawings by character; characters and drawings are sorted by name."""
    drawings: dict[str, list[np.ndarray]] = {}
    try:
        pngs = sorted(_pngs(place))
        with ThreadPoolExecutor() as pool:  # Pillow decodes and resizes outside Python's lock
            images = pool.map(lambda png: _image(png[1], size), pngs)
            for (name, _), image in zip(pngs, images, strict=True):
                drawings.setdefault(name.rpartition("/")[0], []).append(image)
    except (zipfile.BadZipFile, UnidentifiedImageError, OSError) as error:
        raise DataError(f"{place}: damaged ({error}); fetch it again") from error
    return drawings


def _pngs(place: Path) -> Iterator[tuple[str, bytes]]:
    """Name "alphabet/character/drawing.png" and content of every drawing in a zip or directory."""
    if place.is_dir():
        for path in place.glob("*/*/*.png"):
            yield path.relative_to(place).as_posix(), path.read_bytes()
        return
    with zipfile.ZipFile(place) as zipped:
        for name in zipped.namelist():
            if name.endswith(".png"):
                yield name.partition("/")[2], zipped.read(name)


def _image(png: bytes, size: int) -> np.ndarray:
    """The image as uint8 [size, size]; ink is bright.

    It is converted to mode "L" first: Pillow always resizes 1-bit images by nearest neighbour.
    """
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L").resize((size, size), Image.Resampling.LANCZOS)
    return 255 - np.asarray(grey)


def _complete(drawings: dict[str, list[np.ndarray]], archive: Archive, place: Path) -> None:
    short = [name for name, images in drawings.items() if len(images) != DRAWINGS]
    if len(drawings) != archive.n_characters or short:
        example = f"; '{short[0]}' has {len(drawings[short[0]])} drawings" if short else ""
        raise DataError(
            f"{place}: expected {archive.n_characters} characters of {DRAWINGS} drawings each, "
            f"got {len(drawings)} characters{example}; fetch it again"
        )
