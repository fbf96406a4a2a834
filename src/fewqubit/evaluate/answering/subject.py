"""Who answers the test episodes, and where: in this process, or in pieces on many.

A piece is answered alike wherever it is: its random streams are named by episode and seed. What
computes here takes the same pieces, so that results have the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import ceil
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.config import Evaluation
from fewqubit.keys import stream
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, Inputs

Piece = TypeVar("Piece", contravariant=True)
Found = TypeVar("Found", covariant=True)


class Subject(NamedTuple):
    """Everything that an answer depends on, except the test episode.

    trained:  the parameters of every seed
    x:        the rows that episodes are made of
    reading:  which devices there are, and how is adapted to them
    key:      permutes labels and draws shots
    targets:  numbers of the rows, where tasks ask for these
    """

    trained: Trained
    x: Inputs
    reading: Evaluation
    key: PRNGKeyArray
    targets: Float[np.ndarray, "N n_outputs"] | None = None


class Episodes(NamedTuple):
    """Some episodes of a manifest, and their numbers there, by which random streams are named."""

    rows: Episode
    numbers: Int[np.ndarray, " E"]


class Ask(Protocol):
    """Where pieces are answered.

    ``build(subject, *about)`` makes what answers; both are hashable, and ``build`` is a function of
    a module, so that other processes find it. Yields what was found of each piece, in their order.
    """

    def __call__(
        self,
        build: Callable[..., Callable[[Piece], Found]],
        about: tuple[str, ...],
        pieces: Sequence[Piece],
    ) -> Iterator[Found]: ...


def subject_of(
    trained: Trained,
    x: Inputs,
    reading: Evaluation,
    key: PRNGKeyArray,
    targets: Float[np.ndarray, "N n_outputs"] | None = None,
) -> Subject:
    """A learner of a run whose root is ``key``.

    All learners of a data set have the same streams: permutations and extra shots are paired.
    """
    return Subject(trained, x, reading, stream(key, "evaluate", trained.card["dataset"]), targets)


def here(subject: Subject) -> Ask:
    """Answers in this process, one piece after the other; each program is compiled once."""

    @cache
    def built(
        build: Callable[..., Callable[[Piece], Found]], about: tuple[str, ...]
    ) -> Callable[[Piece], Found]:
        return build(subject, *about)

    def ask(
        build: Callable[..., Callable[[Piece], Found]],
        about: tuple[str, ...],
        pieces: Sequence[Piece],
    ) -> Iterator[Found]:
        return map(built(build, about), pieces)

    return ask


def pieces_of(manifest: Episode, size: int, multiple: int = 1) -> list[Episodes]:
    """The episodes in pieces of one length, at most ``size``; one program answers all of them.

    Several pieces are of a ``multiple``, and the last repeats its last episode until it is full.
    """
    n = len(manifest.class_ids)
    count = ceil(n / size)
    length = n if count == 1 else ceil(n / count / multiple) * multiple
    numbers = np.minimum(np.arange(count * length).reshape(count, length), n - 1)
    return [Episodes(Episode(*(part[own] for part in manifest)), own) for own in numbers]
