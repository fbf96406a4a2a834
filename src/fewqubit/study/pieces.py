"""Finished pieces of a comparison, a folder each, so that none is computed twice.

The name of a piece is a checksum of data, tasks, settings, seeds and the reading of results. Other
values give another piece; none is overwritten.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_npz, write_npz
from fewqubit.base.io.folders import replacing_folder
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.results import Accuracies
from fewqubit.report.gather import Result

CARD, ACCURACIES, FORMAT = "piece.json", "accuracies.npz", 1
REMEDY = "delete this folder, and the piece is made again"


def kept(folder: Path | None, work: str, make: Callable[[], Result]) -> Result:
    """The result of ``work`` from ``folder``; if it is missing, it is computed and stored there.

    Without a folder it is only computed. Raises ArtifactError: the stored piece is damaged.
    """
    if folder is None:
        return make()
    place = folder / work
    if (place / CARD).is_file():
        return _read(place)
    result = make()
    _write(place, result)
    return result


def _write(place: Path, result: Result) -> None:
    record = result._asdict()
    accuracies = {k: v for k, v in record.pop("accuracies")._asdict().items() if v is not None}
    record["confusion"] = [[*cell, count] for cell, count in result.confusion.items()]
    with replacing_folder(place, {CARD, ACCURACIES}) as new:
        write_npz(new / ACCURACIES, accuracies)
        write_card(new / CARD, {"format": FORMAT, **record}, [ACCURACIES])


def _read(place: Path) -> Result:
    card: dict[str, Any] = read_card(place / CARD, [ACCURACIES], REMEDY, format=FORMAT)
    del card["format"]
    confusion = {(true, answered): count for true, answered, count in card.pop("confusion")}
    arrays = {name: np.asarray(array) for name, array in read_npz(place / ACCURACIES).items()}
    try:
        return Result(**card, confusion=confusion, accuracies=Accuracies(**arrays))
    except TypeError as error:
        raise ArtifactError(f"{place / CARD}: expected a piece, but {error}; {REMEDY}") from None
