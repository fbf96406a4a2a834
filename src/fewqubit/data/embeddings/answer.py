"""Texts given to a classifier, embedded by the encoder that it was trained with."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from fewqubit.data.embeddings.adapter import Adapter
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.embeddings.step import FrozenEncoder, vectors
from fewqubit.data.embeddings.texts import checked_texts
from fewqubit.data.labels import quoted
from fewqubit.errors import DataError

COLUMN = "text"  # column name for the texts of a plain list


def embedded(X: Any, embed: Embed) -> tuple[Any, Embedding | None]:
    """Vectors of the texts ``X``, and how they were embedded; numbers are returned unchanged.

    Raises DataError: a text is missing or blank, a table has several columns, the encoder is to be
    fine-tuned.
    """
    texts, column = texts_of(X)
    if texts is None:
        return X, None
    if embed.tune is not None:
        raise DataError(
            "embed.tune: expected an encoder as it came, got one that is to be fine-tuned, which "
            "the pipeline does (fewqubit run); leave tune out here"
        )
    encoder = _encoder(embed, None)
    rows = vectors(checked_texts(texts, "X"), embed, "texts", cache=None, encoder=encoder)
    return rows, Embedding(column, embed, encoder.checksum)


def embedded_if(embed: Embed | None, X: Any) -> tuple[Any, Embedding | None]:
    """``embedded`` if there is an encoder; otherwise the rows unchanged."""
    return (X, None) if embed is None else embedded(X, embed)


def as_in_training(X: Any, embedding: Embedding, width: int) -> Any:
    """Vectors of the texts ``X`` by the encoder of training; numbers are returned unchanged.

    Raises DataError: the encoder has changed since training, or its vectors have another width.
    """
    texts, _ = texts_of(X)
    if texts is None:
        return X
    embed, encoder = embedding.embed, _encoder(embedding.embed, embedding.adapter)
    checked_encoder(encoder.checksum, embedding)
    rows = vectors(checked_texts(texts, "X"), embed, "texts", cache=None, encoder=encoder)
    return checked_width(rows, width, embed.model)


def checked_encoder(checksum: str, embedding: Embedding) -> None:
    """Raise DataError if the encoder is not that of training."""
    if checksum != embedding.checksum:
        raise DataError(
            f"{embedding.embed.model}: expected the encoder that the model was trained with, but "
            "it has other contents now; restore it, or meta-train again"
        )


def checked_width(rows: Float[np.ndarray, "n d"], width: int, model: str) -> np.ndarray:
    """``rows``, if they are as wide as in training. Raises DataError."""
    if rows.shape[1] != width:
        raise DataError(
            f"{model}: expected vectors of {width} numbers, as in training, got {rows.shape[1]}"
        )
    return rows


def texts_of(X: Any) -> tuple[Sequence[Any] | None, str]:
    """The texts of a list, a series, an array or a table of one column, and the column's name.

    None if ``X`` holds no text. Raises DataError: a single text, a table of several columns.
    """
    if isinstance(X, str | bytes):
        raise DataError("expected a list of texts, got one; put it into a list")
    if isinstance(X, pd.DataFrame):
        if not any(_is_text(one) for one in X.to_numpy(object).ravel()[:1000]):
            return None, COLUMN
        if X.shape[1] != 1:
            names = ", ".join(quoted(name) for name in X.columns[:4])
            raise DataError(f"expected one column of texts, got {X.shape[1]}: {names}; choose one")
        return X.iloc[:, 0].tolist(), str(X.columns[0])
    if isinstance(X, pd.Series):
        name = COLUMN if X.name is None else str(X.name)
        values = X.tolist()
        return (values if any(map(_is_text, values)) else None), name
    if isinstance(X, np.ndarray) and X.dtype.kind in "OUT":
        values = X.ravel().tolist() if X.ndim == 1 or X.shape[1:] == (1,) else []
        return (values if any(map(_is_text, values)) else None), COLUMN
    if isinstance(X, list | tuple) and any(map(_is_text, X)):
        return X, COLUMN
    return None, COLUMN


def _is_text(value: object) -> bool:
    return isinstance(value, str)


@lru_cache(maxsize=4)
def _encoder(embed: Embed, adapter: Adapter | None) -> FrozenEncoder:
    """The encoder; finding it and hashing its files happens once in a process."""
    return FrozenEncoder.of(embed, adapter=adapter)
