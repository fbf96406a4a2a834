"""The learner that answers the test episodes, and where: in this process or in pieces on workers.

A piece gives the same answers everywhere, since its random streams are named by episode and seed.
This process uses the same pieces as workers do, so results have the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import ceil
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from jaxtyping import Float, Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Evaluation
from fewqubit.predict.trained import Trained
from fewqubit.tasks import Episode, Inputs

Piece = TypeVar("Piece", contravariant=True)
Found = TypeVar("Found", covariant=True)


class Subject(NamedTuple):
    """Everything that an answer depends on, except the episode.

    trained:  the parameters of every seed
    x:        the rows of the episodes
    reading:  evaluation settings, with the devices and how to adapt on them
    key:      for permuted labels and extra shots
    targets:  numbers of the rows, for regression
    """

    trained: Trained
    x: Inputs
    reading: Evaluation
    key: PRNGKeyArray
    targets: Float[np.ndarray, "N n_outputs"] | None = None


class Episodes(NamedTuple):
    """Some episodes of a manifest, and their numbers in it, which name their random streams."""

    rows: Episode
    numbers: Int[np.ndarray, " E"]


class Ask(Protocol):
    """Executor that answers pieces.

    ``build(subject, *about)`` returns the function that answers a piece. ``build`` and ``about``
    are hashable. ``build`` is a module-level function, so that other processes can import it.
    Yields the result of each piece, in order.
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
    """The Subject for a learner of a run with root key ``key``.

    All learners of a data set share its streams, so permutations and extra shots are paired.
    """
    return Subject(trained, x, reading, stream(key, "evaluate", trained.card["dataset"]), targets)


def here(subject: Subject) -> Ask:
    """Answer in this process, one piece after the other; each program is compiled once."""

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
    """The episodes in pieces of equal length, at most ``size``, so that one program suffices.

    If there are several, the length is a multiple of ``multiple``; the last piece is padded with
    its last episode.
    """
    n = len(manifest.class_ids)
    count = ceil(n / size)
    length = n if count == 1 else ceil(n / count / multiple) * multiple
    numbers = np.minimum(np.arange(count * length).reshape(count, length), n - 1)
    return [Episodes(Episode(*(part[own] for part in manifest)), own) for own in numbers]
