"""Sentences with entities from files: columns of CoNLL, or spans in JSON lines."""

from fewqubit.data.sources.sentences.files import count_types, read_files, read_sentences

__all__ = ["count_types", "read_files", "read_sentences"]
