"""Texts with labels, in a CSV, Parquet or JSON lines file, as vectors of a frozen encoder."""

from pathlib import Path

from fewqubit.data.embeddings import FrozenEncoder, vectors
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.embeddings.texts import checked_texts
from fewqubit.data.files.frame import read_frame
from fewqubit.data.labels import joined, quoted
from fewqubit.data.raw import RawData
from fewqubit.data.settings import Text
from fewqubit.data.sources.table import class_groups, classes, no_loners
from fewqubit.errors import DataError


def read_text(settings: Text) -> RawData:
    """Vectors of the texts and the class of each (labels as text, sorted).

    Rows are counted from 1, without a header. Raises DataError, with file, row or column and the
    remedy: what ``read_frame`` raises, a row without a text, one class in two spellings, a class
    with a single example; and what ``embeddings.vectors`` raises.
    """
    path = Path(settings.path)
    named = [settings.label, settings.text, *([settings.group] if settings.group else [])]
    frame = read_frame(path, named, needed=[settings.label], needs_features=False)
    for name in named:
        if name not in frame:
            raise DataError(
                f"{path}: no column {quoted(name)}; its columns are {joined(frame.columns)}; "
                "correct the setting text or group"
            )
    names, y = classes(frame[settings.label], path)
    no_loners(y, names, settings, path)
    groups = names if settings.group is None else class_groups(frame, names, y, settings, path)
    texts = checked_texts(frame[settings.text].tolist(), f"{path}: column {quoted(settings.text)}")
    encoder = FrozenEncoder.of(settings.embed)
    x = vectors(texts, settings.embed, path.name, encoder=encoder)
    embedding = Embedding(settings.text, settings.embed, encoder.checksum)
    return RawData(x, y, names, groups, embedding=embedding, examples=texts)
