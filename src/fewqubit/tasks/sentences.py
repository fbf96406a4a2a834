"""Which sentences an episode of words shows and asks about: of different number in each."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from jaxtyping import Int

from fewqubit.errors import ArtifactError
from fewqubit.io.files import read_npz


class SentenceEpisodes(NamedTuple):
    """Sentences by number, those of episode e up to ``…_ends[e]``.

    shown:  support, asked: query
    """

    shown: Int[np.ndarray, " n"]
    shown_ends: Int[np.ndarray, " E"]
    asked: Int[np.ndarray, " m"]
    asked_ends: Int[np.ndarray, " E"]

    @classmethod
    def of(cls, shown: Sequence[Sequence[int]], asked: Sequence[Sequence[int]]) -> Self:
        """From the numbers of each episode."""
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
    """Of a manifest of words. Raises ArtifactError if it is of other rows."""
    arrays = read_npz(path)
    if not set(SentenceEpisodes._fields) <= set(arrays):
        raise ArtifactError(
            f"{path}: expected a manifest of sentences, but it holds {', '.join(arrays)}; run "
            "`dvc repro` to make it again"
        )
    return SentenceEpisodes(*(arrays[name] for name in SentenceEpisodes._fields))
