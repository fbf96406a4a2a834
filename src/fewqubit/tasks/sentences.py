"""Support and query sentences of episodes of words; their number varies by episode."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from jaxtyping import Int

from fewqubit.base.io.files import read_npz
from fewqubit.errors import ArtifactError


class SentenceEpisodes(NamedTuple):
    """Sentence numbers of all episodes; those of episode e end at ``…_ends[e]``.

    shown:  support; asked: query
    """

    shown: Int[np.ndarray, " n"]
    shown_ends: Int[np.ndarray, " E"]
    asked: Int[np.ndarray, " m"]
    asked_ends: Int[np.ndarray, " E"]

    @classmethod
    def of(cls, shown: Sequence[Sequence[int]], asked: Sequence[Sequence[int]]) -> Self:
        """From the sentence numbers of each episode."""
        parts = []
        for lists in (shown, asked):
            parts.append(np.array([number for one in lists for number in one], np.int32))
            parts.append(np.cumsum([len(one) for one in lists]).astype(np.int32))
        return cls(*parts)

    def of_support(self) -> list[Int[np.ndarray, " n"]]:
        """The support sentences of each episode."""
        return np.split(self.shown, self.shown_ends[:-1])

    def of_query(self) -> list[Int[np.ndarray, " m"]]:
        """The query sentences of each episode."""
        return np.split(self.asked, self.asked_ends[:-1])


def load_sentence_episodes(path: str | Path) -> SentenceEpisodes:
    """Read the sentences of a manifest. Raises ArtifactError: its rows are not words."""
    arrays = read_npz(path)
    if not set(SentenceEpisodes._fields) <= set(arrays):
        raise ArtifactError(
            f"{path}: expected a manifest of sentences, but it holds {', '.join(arrays)}; run "
            "`dvc repro` to make it again"
        )
    return SentenceEpisodes(*(arrays[name] for name in SentenceEpisodes._fields))
