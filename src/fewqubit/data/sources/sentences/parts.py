"""Assign sentences to the parts of a split of types; O becomes a class of each part."""

import numpy as np
from jaxtyping import Int

from fewqubit.data.raw import RawData, Sentences
from fewqubit.data.splits import Split
from fewqubit.errors import DataError


def parted(raw: RawData, split: Split) -> tuple[RawData, Split]:
    """Words and split for learners: a class is a type, or the O of one part.

    A sentence with an entity of a meta-test type belongs to meta-test, otherwise one with a
    validation type to validation, so that no sentence is in two parts. Entities of a type of
    another part become O, as in the tasks.

    Raises DataError: a part has no words without a type.
    """
    assert raw.sentences is not None
    part_of_type = np.zeros(len(raw.names), int)
    for number, types in enumerate(split):
        part_of_type[types] = number
    parts = _parts(raw.sentences, part_of_type)
    lengths = np.diff(raw.sentences.starts, append=len(raw.y))
    part_of_word, first = np.repeat(parts, lengths), len(raw.names) - 1
    y = first + part_of_word
    for number, types in enumerate(split):
        mask = (part_of_word == number) & np.isin(raw.y, types)
        y[mask] = raw.y[mask]
    for number, part in enumerate(Split._fields):
        if not (y == first + number).any():
            raise DataError(
                f"split: no sentence is left for {part}, since each has an entity of a later part; "
                "put rarer types into meta_test and validation, or bring more sentences"
            )
    outside = tuple(range(first, first + len(split)))
    names = [*raw.names[:-1], *(f"O ({part})" for part in Split._fields)]
    sentences = raw.sentences._replace(parts=parts, outside=outside)
    found = Split(*([*types, o] for types, o in zip(split, outside, strict=True)))
    return raw._replace(y=y.astype(np.int32), names=names, groups=names, sentences=sentences), found


def _parts(sentences: Sentences, part_of_type: np.ndarray) -> Int[np.ndarray, " S"]:
    """For each sentence, the last part among its entities' types."""
    parts = np.zeros(len(sentences.starts), np.int32)
    owner = np.searchsorted(sentences.starts, sentences.spans[:, 0], side="right") - 1
    np.maximum.at(parts, owner, part_of_type[sentences.spans[:, 2]].astype(np.int32))
    return parts
