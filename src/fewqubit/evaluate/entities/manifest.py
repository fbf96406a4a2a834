"""Frozen episodes of sentences, each with support words and query words."""

from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import Int, PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.data.raw import RawData, Sentences
from fewqubit.data.sources.sentences.sentence import Sentence, Span
from fewqubit.evaluate.entities.sampler import EpisodeShape, draw_episodes
from fewqubit.evaluate.entities.words import evened, words_of
from fewqubit.tasks.sentences import SentenceEpisodes
from fewqubit.tasks.shape import Shape
from fewqubit.tasks.task import Episode


def draw_sentences(
    key: PRNGKeyArray, raw: RawData, part: int, types: Sequence[int], shape: Shape, number: int
) -> tuple[Episode, SentenceEpisodes]:
    """``number`` episodes of the sentences of one part, N = n_way − 1 of its ``types`` and O.

    The support has n_shot to 2 · n_shot entities of each type, the query n_query to 2 · n_query
    (``draw_episodes``). The Episode has n_shot support words and n_query query words of each class,
    including O, with random labels. On these balanced words, accuracy has a known chance level.

    Raises DataError: too few types, or too few entities of one.
    """
    assert raw.sentences is not None
    mine = np.flatnonzero(raw.sentences.parts == part)
    every, names = sentences_of(raw), [raw.names[one] for one in types]
    wanted = EpisodeShape(shape.n_way - 1, shape.n_shot, shape.n_query)
    drawn = draw_episodes(key, [every[n] for n in mine], names, wanted, number)
    found = SentenceEpisodes.of(
        [mine[list(one.support)].tolist() for one in drawn],
        [mine[list(one.query)].tolist() for one in drawn],
    )
    labels = [
        [*(raw.names.index(kind) for kind in one.types), raw.sentences.outside[part]]
        for one in drawn
    ]
    class_ids = np.array(
        [_any_order(stream(key, "labels", e), one) for e, one in enumerate(labels)]
    )
    shown, asked = (
        _rows(raw.sentences, raw.y, lists, class_ids, n)
        for lists, n in ((found.of_support(), shape.n_shot), (found.of_query(), shape.n_query))
    )
    return Episode(class_ids.astype(np.int32), shown, asked), found


def _rows(
    sentences: Sentences,
    y: Int[np.ndarray, " N"],
    lists: Sequence[Int[np.ndarray, " n"]],
    class_ids: Int[np.ndarray, "E n_way"],
    each: int,
) -> Int[np.ndarray, "E rows"]:
    """``each`` words of every class, class-major, in each episode."""
    words = words_of(sentences, len(y), lists)
    pairs = zip(words, class_ids, strict=True)
    return np.stack([np.concatenate(evened(*pair, each, y)) for pair in pairs]).astype(np.int32)


def sentences_of(raw: RawData) -> list[Sentence]:
    """Every sentence with its words and entities."""
    assert raw.sentences is not None
    assert raw.examples is not None
    ends = [*raw.sentences.starts[1:].tolist(), len(raw.y)]
    spans: list[list[Span]] = [[] for _ in ends]
    owner = np.searchsorted(raw.sentences.starts, raw.sentences.spans[:, 0], side="right") - 1
    starts = raw.sentences.starts.tolist()
    for place, (start, stop, kind) in zip(
        owner.tolist(), raw.sentences.spans.tolist(), strict=True
    ):
        begin = starts[place]
        spans[place].append(Span(start - begin, stop - begin, raw.names[kind]))
    return [
        Sentence(tuple(raw.examples[start:end]), tuple(shown))
        for start, end, shown in zip(starts, ends, spans, strict=True)
    ]


def _any_order(key: PRNGKeyArray, numbers: list[int]) -> list[int]:
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    return random.permutation(numbers).tolist()
