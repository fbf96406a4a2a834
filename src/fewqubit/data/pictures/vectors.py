"""Pictures as vectors of a frozen encoder."""

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8

from fewqubit.data.embeddings.answer import checked_encoder, checked_width
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.embeddings.step import FrozenEncoder, vectors
from fewqubit.data.pictures.decode import PICTURE


def embedded(
    rows: UInt8[np.ndarray, "N ..."], embed: Embed, what: str
) -> tuple[Float[np.ndarray, "N d"], Embedding]:
    """Vectors of rows of levels, and how they were embedded. Raises what ``vectors`` raises."""
    encoder = FrozenEncoder.of(embed, "images")
    found = vectors(list(rows), embed, what, encoder=encoder)
    return found, Embedding(PICTURE, embed, encoder.checksum)


def as_in_training(
    rows: UInt8[np.ndarray, "q ..."], embedding: Embedding, width: int
) -> Float[np.ndarray, "q d"]:
    """Vectors by the encoder of training.

    Raises DataError: the encoder has changed since training, or its vectors have another width.
    """
    encoder = _encoder(embedding.embed)
    checked_encoder(encoder.checksum, embedding)
    found = vectors(list(rows), embedding.embed, "pictures", cache=None, encoder=encoder)
    return checked_width(found, width, embedding.embed.model)


def are_pictures(X: Any) -> bool:
    """Whether ``X`` is a table of picture files, or rows of levels."""
    if isinstance(X, pd.DataFrame):
        return PICTURE in X
    return isinstance(X, np.ndarray) and X.dtype == np.uint8 and X.ndim > 2


@lru_cache(maxsize=4)
def _encoder(embed: Embed) -> FrozenEncoder:
    """The encoder; finding it and hashing its files happens once in a process."""
    return FrozenEncoder.of(embed, "images")
