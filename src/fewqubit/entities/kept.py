"""A finder of entities that has adapted, kept in a folder that needs nothing else of its project.

``entities.json`` tells how words become vectors and probabilities entities; the folder ``words`` is
the adapted classifier of words.
"""

from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.data.embeddings.embedding import packed, unpacked
from fewqubit.entities.decode import Transitions
from fewqubit.entities.finder import EntityFinder
from fewqubit.entities.reading import Reading
from fewqubit.errors import DataError
from fewqubit.io.cards import check_file, read_card, write_card
from fewqubit.io.files import sha256
from fewqubit.io.folders import replacing_folder
from fewqubit.predict.adapted import CARD as ADAPTED
from fewqubit.predict.adapted import AdaptedClassifier
from fewqubit.predict.estimator import FewShotClassifier

CARD, WORDS, FORMAT = "entities.json", "words", 1
REMEDY = "adapt again: fewqubit adapt … --save"


def save_finder(folder: str | Path, finder: EntityFinder) -> None:
    """Write ``finder`` into ``folder``, whole or not at all; an older one makes way.

    Raises DataError: it has not adapted; ArtifactError: the folder holds anything else.
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
    """Read what ``save_finder`` wrote: it answers sentences, and learns no other types.

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
