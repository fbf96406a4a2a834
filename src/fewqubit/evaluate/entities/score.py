"""Entity F1 from tags: an entity is right if its first word, its last word and its type are.

Tags are O, B-1 … B-n, I-1 … I-n, in valid sequences; rows are sentences.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int


class Counts(NamedTuple):
    """Right, predicted and true entities of each type in each episode; [..., episodes, types]."""

    right: Int[np.ndarray, "... E n"]
    answered: Int[np.ndarray, "... E n"]
    there: Int[np.ndarray, "... E n"]

    def f1(self) -> Float[np.ndarray, "... E"]:
        """2 · right / (answered + there), pooled over all types (micro)."""
        return _f1(*(part.sum(-1) for part in self))

    def f1_by_type(self) -> Float[np.ndarray, "... E n"]:
        """The same for each type."""
        return _f1(*self)


def _f1(right: np.ndarray, answered: np.ndarray, there: np.ndarray) -> np.ndarray:
    return 2 * right / np.maximum(answered + there, 1)


def count_entities(
    truth: Int[np.ndarray, "B words"],
    answers: Int[np.ndarray, "B words"],
    episode: Int[np.ndarray, " B"],
    n_types: int,
) -> Counts:
    """Entity counts of each episode; ``episode`` is the episode of each row."""
    begins, ends = zip(*(_entities(tags, n_types) for tags in (truth, answers)), strict=True)
    same = begins[0] & begins[1] & (truth == answers) & (ends[0] == ends[1])
    shape = int(episode.max()) + 1, n_types

    def counted(where: np.ndarray, tags: np.ndarray) -> Int[np.ndarray, "E n"]:
        place = episode[:, None] * n_types + tags - 1
        found: np.ndarray = np.bincount(place[where], minlength=shape[0] * n_types)
        return found.reshape(shape)

    return Counts(counted(same, truth), counted(begins[1], answers), counted(begins[0], truth))


def _entities(tags: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Where entities begin, and for each place the first place after it whose tag is not I."""
    n_words = tags.shape[1]
    stops = np.where(tags > n, n_words, np.arange(n_words))  # O and B end the entity before them
    following = np.append(stops[:, 1:], np.full((len(tags), 1), n_words), axis=1)
    ends = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    return (tags >= 1) & (tags <= n), ends


def kinds(tags: Int[np.ndarray, "..."], n_types: int) -> Int[np.ndarray, "..."]:
    """The type of each word, 0 … n − 1, and n for O."""
    return np.where(tags == 0, n_types, (tags - 1) % n_types)
