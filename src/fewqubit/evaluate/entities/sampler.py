"""Episodes by sentences: N types, K to 2K entities of each in the support, drawn greedily."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.data.labels import joined
from fewqubit.data.sources.sentences.sentence import Sentence
from fewqubit.errors import DataError

TRIES = 20  # random orders of the sentences before an episode is given up


class SentenceEpisode(NamedTuple):
    """A task: its types, its support and its query sentences; the two share no equal sentence."""

    types: tuple[str, ...]
    support: tuple[int, ...]
    query: tuple[int, ...]


class EpisodeShape(NamedTuple):
    """N types, K to 2K entities of each in the support, Q to 2Q in the query."""

    n_way: int
    n_shot: int
    n_query: int


def draw_episodes(
    key: PRNGKeyArray,
    sentences: Sequence[Sentence],
    types: Sequence[str],
    shape: EpisodeShape,
    number: int,
) -> list[SentenceEpisode]:
    """``number`` episodes on ``types``; episode e depends on ``key`` and e alone.

    Sentences are visited in random order. A sentence is taken if it has an entity of a type that
    still needs some, and if no type then exceeds 2K. Entities of other types do not count.
    Source: Ding et al. (2021), arXiv 2105.07464, the greedy N-way K~2K-shot sampling.
    Deviations: a sentence that would exceed 2K is not drawn again; equal sentences are never in
    both support and query.

    Raises DataError: too few types, or too few entities of one.
    """
    if len(types) < shape.n_way:
        raise DataError(
            f"an episode of {shape.n_way} types needs as many, got {joined(types)}; lower n_way"
        )
    counts = [Counter(span.kind for span in one.spans) for one in sentences]
    return [_episode(stream(key, e), sentences, counts, types, shape) for e in range(number)]


def _episode(
    key: PRNGKeyArray,
    sentences: Sequence[Sentence],
    counts: Sequence[Mapping[str, int]],
    types: Sequence[str],
    shape: EpisodeShape,
) -> SentenceEpisode:
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    chosen = tuple(sorted(random.choice(sorted(types), shape.n_way, replace=False).tolist()))
    having = [n for n, count in enumerate(counts) if any(kind in count for kind in chosen)]
    for _ in range(TRIES):
        order = random.permutation(having).tolist()
        support = greedy(order, counts, chosen, shape.n_shot)
        shown = {sentences[n].words for n in support or ()}
        left = [n for n in order if sentences[n].words not in shown]
        query = greedy(left, counts, chosen, shape.n_query)
        if support and query:
            return SentenceEpisode(chosen, tuple(support), tuple(query))
    raise DataError(
        f"found no sentences with {shape.n_shot} to {2 * shape.n_shot} entities of each of "
        f"{joined(chosen)}, and {shape.n_query} to {2 * shape.n_query} others to ask about; bring "
        "more sentences, or lower n_shot or n_query"
    )


def greedy(
    order: Sequence[int], counts: Sequence[Mapping[str, int]], types: Sequence[str], least: int
) -> list[int] | None:
    """Sentences, in ``order``, with ``least`` to 2 · ``least`` entities of each type, or None."""
    have = dict.fromkeys(types, 0)
    taken = []
    for number in order:
        adds = {kind: counts[number].get(kind, 0) for kind in types}
        wanted = any(have[kind] < least and adds[kind] for kind in types)
        if wanted and all(have[kind] + adds[kind] <= 2 * least for kind in types):
            have = {kind: have[kind] + adds[kind] for kind in types}
            taken.append(number)
        if min(have.values()) >= least:
            return taken
    return None
