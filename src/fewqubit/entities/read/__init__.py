"""Sentences with entities from files: columns of CoNLL, or spans in JSON lines."""

from fewqubit.entities.read.files import count_types, read_sentences

__all__ = ["count_types", "read_sentences"]
