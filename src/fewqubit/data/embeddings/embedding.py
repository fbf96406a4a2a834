"""How a data set's texts were embedded, as it is stored with its features."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from fewqubit.data.embeddings.adapter import Adapter
from fewqubit.data.embeddings.settings import Embed, Tune


class Embedding(NamedTuple):
    """How a data set's texts were embedded; new texts must be embedded in the same way.

    column:    the name of the column of texts
    embed:     which encoder, with its settings
    checksum:  of the encoder, its adapter included
    adapter:   what fine-tuning added to the encoder
    """

    column: str
    embed: Embed
    checksum: str
    adapter: Adapter | None = None


def packed(embedding: Embedding) -> dict[str, Any]:
    """The embedding as JSON values, without the arrays of an adapter."""
    column, embed, checksum, _ = embedding
    asked = embed.model_dump(exclude=embed.plain)
    return {"column": column, "embed": asked, "checksum": checksum}


def unpacked(value: Mapping[str, Any], update: Mapping[str, np.ndarray] | None = None) -> Embedding:
    """The inverse of ``packed``; ``update`` holds the arrays of the adapter."""
    embed = Embed.model_validate(value["embed"])
    adapter = None if embed.tune is None or not update else adapter_of(embed.tune, update)
    return Embedding(value["column"], embed, value["checksum"], adapter)


def adapter_of(tune: Tune, update: Mapping[str, np.ndarray]) -> Adapter:
    """The adapter that ``tune`` describes, with the arrays ``update``."""
    return Adapter(update, tune.rank, tune.alpha, tuple(tune.targets))
