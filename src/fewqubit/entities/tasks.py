"""An episode of sentences as vectors: labelled tokens to learn from, sentences to answer."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.entities.sampler import SentenceEpisode
from fewqubit.entities.sentence import OUTSIDE, Sentence, kinds_of, only

OUTSIDERS = 4  # tokens of O for each token of a type, where the support has a fixed size
Vectors = Sequence[Float[np.ndarray, "words d"]]


class TokenTask(NamedTuple):
    """A task on tokens.

    types:    in order
    x, y:     all tokens of the support, and the type of each, or O
    query:    the sentences to be answered, with the entities of the task's types alone
    vectors:  of the words of each of them
    """

    types: tuple[str, ...]
    x: Float[np.ndarray, "s d"]
    y: np.ndarray
    query: list[Sentence]
    vectors: Vectors


def token_task(
    episode: SentenceEpisode, sentences: Sequence[Sentence], vectors: Vectors
) -> TokenTask:
    """The task of an episode; what is of another type is O."""
    shown, asked = (
        [only(sentences[n], episode.types) for n in part]
        for part in (episode.support, episode.query)
    )
    x = np.concatenate([vectors[n] for n in episode.support])
    y = np.array([kind for sentence in shown for kind in kinds_of(sentence)])
    return TokenTask(episode.types, x, y, asked, [vectors[n] for n in episode.query])


def evened(task: TokenTask, each: int) -> TokenTask:
    """The support with ``each`` tokens of every type, and ``OUTSIDERS`` times as many of O.

    Tokens that are too few come again, in turn; those that are too many are taken evenly over their
    order. So every support has one size, for which a learner is compiled once.
    """
    rows: list[int] = []
    for kind in (*task.types, OUTSIDE):
        known = np.flatnonzero(task.y == kind)
        wanted = each * (OUTSIDERS if kind == OUTSIDE else 1)
        places = np.arange(wanted) % len(known)
        if len(known) > wanted:
            places = np.arange(wanted) * len(known) // wanted
        rows += known[places].tolist()
    return task._replace(x=task.x[rows], y=task.y[rows])
