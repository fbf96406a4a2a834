"""Frozen encoders: raw examples (texts, sentences of words, images) to vectors, once.

``settings`` says which encoder, ``model_files`` where it lies and by which checksum it is known,
``libraries`` how it is loaded, ``cache`` keeps what it gave, ``step`` puts them together.
"""

from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.embeddings.step import CACHE, FrozenEncoder, token_vectors, vectors

__all__ = ["CACHE", "Embed", "FrozenEncoder", "token_vectors", "vectors"]
