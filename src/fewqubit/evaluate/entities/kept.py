"""Save and load an adapted entity finder; its folder does not depend on the project.

``entities.json`` says how words become vectors and how probabilities become entities. The folder
``words`` holds the adapted classifier of words.
"""

from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.base.io.cards import check_file, read_card, write_card
from fewqubit.base.io.files import sha256
from fewqubit.base.io.folders import replacing_folder
from fewqubit.data.embeddings.embedding import packed, unpacked
from fewqubit.errors import DataError
from fewqubit.evaluate.entities.decode import Transitions
from fewqubit.evaluate.entities.finder import EntityFinder
from fewqubit.evaluate.entities.reading import Reading
from fewqubit.predict.adapted import CARD as ADAPTED
from fewqubit.predict.adapted import AdaptedClassifier
from fewqubit.predict.estimator import FewShotClassifier

CARD, WORDS, FORMAT = "entities.json", "words", 1
REMEDY = "adapt again: fewqubit adapt … --save"


def save_finder(folder: str | Path, finder: EntityFinder) -> None:
    """Write ``finder`` into ``folder``, completely or not at all, and replace an older one.

    Raises DataError: it has not adapted; ArtifactError: the folder holds other files.
    """
    if not finder.types or not isinstance(finder.classifier, FewShotClassifier):
        raise DataError("expected a finder that was shown entities, got one that was not; call fit")
    card: dict[str, Any] = {
        "format": FORMAT,
        "types": list(finder.types),
        "each": finder.each,
        "embedding": packed(finder.embedding),
        "reading": finder.reading._asdict(),
        "transitions": finder.transitions._asdict(),
    }
    with replacing_folder(folder, {CARD, WORDS}) as new:
        finder.classifier.save_adapted(new / WORDS)
        write_card(new / CARD, card | {"words": sha256(new / WORDS / ADAPTED)})


def load_finder(folder: str | Path) -> EntityFinder:
    """Read what ``save_finder`` wrote: a finder that predicts but cannot learn other types.

    Raises ArtifactError: a file is missing or not as it was written.
    """
    folder = Path(folder)
    card = read_card(folder / CARD, remedy=REMEDY, format=FORMAT)
    check_file(folder / WORDS / ADAPTED, card["words"], CARD, REMEDY)
    transitions = {name: np.array(row) for name, row in card["transitions"].items()}
    return EntityFinder(
        AdaptedClassifier.load(folder / WORDS),
        unpacked(card["embedding"]),
        Reading(**card["reading"]),
        Transitions(**transitions),
        card["each"],
        tuple(card["types"]),
    )
