"""Sentences with named entities: a row is a word, its class is the type of its entity, or O."""

from pathlib import Path

import numpy as np

from fewqubit.data.embeddings import FrozenEncoder, token_vectors
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.raw import RawData, Sentences
from fewqubit.data.settings import Tokens
from fewqubit.data.sources.sentences import count_types, read_files
from fewqubit.data.sources.sentences.sentence import OUTSIDE, Sentence, kinds_of
from fewqubit.errors import DataError

WORDS = "words"  # stands for the column of texts that is embedded


def read_tokens(settings: Tokens) -> RawData:
    """Word vectors of all sentences, and the type of each word (O is the last name).

    Raises DataError, with file, line and remedy: what ``read_files`` and ``token_vectors`` raise,
    no entities, a type that is called O.
    """
    paths = [Path(one) for one in settings.paths]
    sentences, notes = read_files(paths, settings.coarse)
    types = list(count_types(sentences))
    if not types or OUTSIDE in types:
        raise DataError(
            f"{', '.join(settings.paths)}: expected entities of several types, none of them called "
            f"{OUTSIDE}, got {types or 'none'}"
        )
    words = [word for one in sentences for word in one.words]
    encoder = FrozenEncoder.of(settings.embed, "tokens")
    asked = [one.words for one in sentences], settings.embed, paths[0].name
    vectors = token_vectors(*asked, encoder=encoder)
    names = [*types, OUTSIDE]
    number = {name: place for place, name in enumerate(names)}
    y = np.array([number[kind] for one in sentences for kind in kinds_of(one)], np.int32)
    return RawData(
        np.concatenate(vectors),
        y,
        names,
        names,
        notes=notes,
        embedding=Embedding(WORDS, settings.embed, encoder.checksum),
        examples=words,
        sentences=_places(sentences, number),
    )


def _places(sentences: list[Sentence], number: dict[str, int]) -> Sentences:
    lengths = np.array([len(one.words) for one in sentences])
    starts = np.cumsum(lengths) - lengths
    spans = [
        (start + span.start, start + span.stop, number[span.kind])
        for start, one in zip(starts.tolist(), sentences, strict=True)
        for span in one.spans
    ]
    return Sentences(starts, np.array(spans), np.zeros(len(sentences), np.int32))
