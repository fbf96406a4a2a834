"""Frozen encoders: raw examples (texts, sentences of words, images) to vectors, once.

``settings`` says which encoder, ``model_files`` finds it and computes its checksum, ``libraries``
loads it, ``cache`` stores its vectors, ``step`` puts them together.
"""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.data.embeddings.settings import Embed as Embed
    from fewqubit.data.embeddings.step import CACHE as CACHE
    from fewqubit.data.embeddings.step import FrozenEncoder as FrozenEncoder
    from fewqubit.data.embeddings.step import token_vectors as token_vectors
    from fewqubit.data.embeddings.step import vectors as vectors
else:
    __getattr__, __all__ = lazily(
        __name__, settings="Embed", step="CACHE FrozenEncoder token_vectors vectors"
    )
