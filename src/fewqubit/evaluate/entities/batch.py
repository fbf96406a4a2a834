"""Episodes of sentences as arrays of one size: support words, query words and true tags."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.data.raw import Sentences
from fewqubit.evaluate.entities.words import OUTSIDERS, evened, words_of
from fewqubit.tasks.sentences import SentenceEpisodes
from fewqubit.tasks.task import Episode


class TokenTasks(NamedTuple):
    """E episodes of N types and O, with B query sentences in all.

    class_ids:  [E, N + 1], the class of each label; labels are the columns of a learner's answer
    outside:    the label of O in each episode
    support:    rows of words, 2K of each type and ``OUTSIDERS`` times as many of O
    support_y:  their labels
    query:      rows of the words of the query sentences in sequence, padded with row 0
    places:     place of each word of each query sentence, as a flat index into ``query``; −1 after
                the end of the sentence
    episode:    the episode of each query sentence
    tags:       true tags of its words: O, B-1 … B-N, I-1 … I-N; types in the order of labels
    """

    class_ids: Int[np.ndarray, "E n_way"]
    outside: Int[np.ndarray, " E"]
    support: Int[np.ndarray, "E s"]
    support_y: Int[np.ndarray, "E s"]
    query: Int[np.ndarray, "E w"]
    places: Int[np.ndarray, "B length"]
    episode: Int[np.ndarray, " B"]
    tags: Int[np.ndarray, "B length"]

    @property
    def types(self) -> Int[np.ndarray, "E N"]:
        """The types of each episode, in the order of their labels."""
        n_way = self.class_ids.shape[1]
        inside = np.arange(n_way) != self.outside[:, None]
        return self.class_ids[inside].reshape(-1, n_way - 1)


def token_tasks(
    manifest: Episode, drawn: SentenceEpisodes, sentences: Sentences, y: Int[np.ndarray, " N"]
) -> TokenTasks:
    """The tasks of a manifest; ``drawn`` holds its sentences."""
    class_ids = np.asarray(manifest.class_ids)
    outside = class_ids.argmax(axis=1)
    each = 2 * manifest.support_rows.shape[1] // class_ids.shape[1]
    supports, labels = [], []
    for rows, ids, o in zip(
        words_of(sentences, len(y), drawn.of_support()), class_ids, outside, strict=True
    ):
        sizes = [each * (OUTSIDERS if label == o else 1) for label in range(len(ids))]
        supports.append(np.concatenate(evened(rows, ids, sizes, y)))
        labels.append(np.repeat(np.arange(len(ids)), sizes))
    queries = words_of(sentences, len(y), drawn.of_query())
    query = np.zeros((len(queries), max(map(len, queries))), np.int32)
    for place, rows in zip(query, queries, strict=True):
        place[: len(rows)] = rows
    where = _places(drawn.of_query(), sentences, len(y), query.shape[1])
    found = TokenTasks(
        class_ids, outside, np.stack(supports), np.stack(labels), query, *where, where[0]
    )
    return found._replace(tags=_true_tags(found, sentences, len(y)))


def _places(
    asked: Sequence[np.ndarray], sentences: Sentences, n_rows: int, width: int
) -> tuple[Int[np.ndarray, "B length"], Int[np.ndarray, " B"]]:
    lengths = np.append(sentences.starts[1:], n_rows) - sentences.starts
    episode = np.repeat(np.arange(len(asked)), [len(one) for one in asked])
    long = [lengths[numbers] for numbers in asked]
    size = np.concatenate(long)
    first = np.concatenate([np.cumsum(one) - one for one in long]) + episode * width
    along = np.arange(size.max())
    return np.where(along < size[:, None], first[:, None] + along, -1), episode


def _true_tags(tasks: TokenTasks, sentences: Sentences, n_rows: int) -> np.ndarray:
    """Words of other types, and words of no entity, are O."""
    kind, begins = np.full(n_rows, -1), np.zeros(n_rows, bool)
    for start, stop, one in sentences.spans.tolist():
        kind[start:stop] = one
        begins[start] = True
    rows = np.where(tasks.places < 0, -1, tasks.query.ravel()[tasks.places])
    kinds, types = np.where(rows < 0, -1, kind[rows]), tasks.types[tasks.episode]
    tags = np.zeros(rows.shape, int)
    for label in range(types.shape[1]):
        of = (kinds == types[:, label : label + 1]) & (rows >= 0)
        tags[of] = 1 + label + np.where(begins[rows[of]], 0, types.shape[1])
    return tags


def by_word(
    tasks: TokenTasks, answers: Float[np.ndarray, "E w n_way"]
) -> Float[np.ndarray, "B length n_way"]:
    """The answer for each word of each query sentence: types in order, then O."""
    n_way = tasks.class_ids.shape[1]
    inside = np.argsort(np.arange(n_way) == tasks.outside[:, None], axis=1, kind="stable")
    ordered = np.take_along_axis(answers, inside[:, None, :], axis=2)
    return ordered.reshape(-1, n_way)[tasks.places]
