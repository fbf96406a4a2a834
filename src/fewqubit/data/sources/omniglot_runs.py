"""Lake's own one-shot runs of Omniglot: files of the tasks that people were given.

Each run is a folder. ``training`` has one drawing of each class, ``test`` has the queries. Each
line of ``class_labels.txt`` pairs a test drawing with the training drawing of its class. The
published archive has 20 runs, each of 20 classes of one alphabet.

Source: Lake, Salakhutdinov, Tenenbaum (2015), Science 350, 1332.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from fewqubit.data.raw import GivenEpisodes, RawData
from fewqubit.errors import DataError

PAIRS = "class_labels.txt"
LARGEST = 10_000_000  # bytes of a file; a drawing has some hundreds
Decode = Callable[[bytes], np.ndarray]


def read_runs(place: Path, decode: Decode) -> RawData:
    """Every drawing of the runs in a zip or a folder, and their tasks.

    decode: content of a picture -> levels [size, size]

    A class is called "run01/class01" after its training drawing; its group is the run. Raises
    DataError: there is no run, a file is missing, or the lines do not pair the drawings.
    """
    files = dict(_files(place))
    runs = {name: _pairs(name, files, place) for name in _runs(files, place)}
    ways = {len(pairs) for pairs in runs.values()}
    if len(ways) != 1:
        raise DataError(f"{place}: expected as many classes in every run, got {sorted(ways)}")
    flat = [(run, pair) for run, pairs in runs.items() for pair in pairs.items()]
    pictures = [picture for _, pair in flat for picture in pair]  # support and query alternate
    rows = np.stack([decode(_content(files, name, place)) for name in pictures])
    classes, n_way = np.arange(len(flat), dtype=np.int32), ways.pop()
    even = 2 * classes.reshape(-1, n_way)
    names = [f"{run}/{PurePosixPath(support).stem}" for run, (support, _) in flat]
    asked = GivenEpisodes(classes.reshape(-1, n_way), even, even + 1)
    return RawData(rows, np.repeat(classes, 2), names, [run for run, _ in flat], asked=asked)


def with_runs(taught: RawData, runs: RawData) -> RawData:
    """The classes of both, first those of training; the runs are the test tasks."""
    assert runs.asked is not None
    classes, rows = len(taught.names), len(taught.y)
    class_ids, support_rows, query_rows = runs.asked
    return RawData(
        np.concatenate([taught.x, runs.x]),
        np.concatenate([taught.y, runs.y + classes]),
        [*taught.names, *runs.names],
        [*taught.groups, *runs.groups],
        asked=GivenEpisodes(class_ids + classes, support_rows + rows, query_rows + rows),
    )


def _files(place: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Names relative to ``place``, sorted, each with a function that reads the file."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.is_file():
                yield path.relative_to(place).as_posix(), path.read_bytes
        return
    try:
        archive = zipfile.ZipFile(place)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{place}: expected a zip or a folder of one-shot runs: {error}") from None
    for name in sorted(archive.namelist()):
        if archive.getinfo(name).file_size > LARGEST:
            raise DataError(f"{place}: {name}: expected a drawing, but it has over {LARGEST} bytes")
        if not name.startswith("__MACOSX/"):
            yield name, partial(archive.read, name)


def _runs(files: Mapping[str, object], place: Path) -> list[str]:
    """Folders that contain a file of pairs."""
    runs = [str(PurePosixPath(name).parent) for name in files if PurePosixPath(name).name == PAIRS]
    if not runs:
        raise DataError(f"{place}: expected folders with {PAIRS}, training and test, found none")
    return runs


def _pairs(run: str, files: Mapping[str, Callable[[], bytes]], place: Path) -> dict[str, str]:
    """Training drawing -> test drawing of a run, in order of the training drawings.

    Paths in a line are relative to the folder above the run, as in the published file, or to the
    run.
    """
    pairs: dict[str, str] = {}
    name = f"{run}/{PAIRS}"
    for number, line in enumerate(files[name]().decode("utf-8", "replace").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if len(words) != 2:
            raise DataError(f"{place}: {name}, line {number}: expected a test and a training file")
        query, support = (
            _found(word, run, files, f"{place}: {name}, line {number}") for word in words
        )
        if support in pairs or query in pairs.values():
            raise DataError(
                f"{place}: {name}, line {number}: {line!r} has a drawing for the second time"
            )
        pairs[support] = query
    if len(pairs) < 2:
        raise DataError(f"{place}: {name}: expected at least two pairs, got {len(pairs)}")
    return dict(sorted(pairs.items()))


def _found(word: str, run: str, files: Mapping[str, object], where: str) -> str:
    above = PurePosixPath(run).parent
    for base in (above, PurePosixPath(run)):
        if str(base / word) in files:
            return str(base / word)
    raise DataError(f"{where}: there is no {word}")


def _content(files: Mapping[str, Callable[[], bytes]], name: str, place: Path) -> bytes:
    try:
        return files[name]()
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{place}: {name}: damaged ({error}); fetch it again") from error
