"""What a data set's texts became vectors by, as it is kept beside its features."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from fewqubit.data.embeddings.adapter import Adapter
from fewqubit.data.embeddings.settings import Embed, Tune


class Embedding(NamedTuple):
    """What a data set's texts became vectors by: whoever answers other texts needs the same.

    column:    what the column of texts is called
    embed:     which encoder, and how it was asked
    checksum:  of the encoder, its adapter included
    adapter:   what fine-tuning added to it
    """

    column: str
    embed: Embed
    checksum: str
    adapter: Adapter | None = None


def packed(embedding: Embedding) -> dict[str, Any]:
    """For JSON: all but the numbers of an adapter."""
    column, embed, checksum, _ = embedding
    asked = embed.model_dump(exclude=None if embed.tune else {"tune"})
    return {"column": column, "embed": asked, "checksum": checksum}


def unpacked(value: Mapping[str, Any], update: Mapping[str, np.ndarray] | None = None) -> Embedding:
    """What ``packed`` was given; ``update`` are the numbers of its adapter."""
    embed = Embed.model_validate(value["embed"])
    adapter = None if embed.tune is None or not update else adapter_of(embed.tune, update)
    return Embedding(value["column"], embed, value["checksum"], adapter)


def adapter_of(tune: Tune, update: Mapping[str, np.ndarray]) -> Adapter:
    """The adapter that ``tune`` asks for, with these numbers."""
    return Adapter(update, tune.rank, tune.alpha, tuple(tune.targets))
