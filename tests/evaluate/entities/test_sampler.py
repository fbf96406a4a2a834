"""Episodes: K to 2K entities of each type, nothing shown that is asked, the same for ever."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from fewqubit.base.keys import root_key
from fewqubit.data.sources.sentences.sentence import Sentence, Span
from fewqubit.errors import DataError
from fewqubit.evaluate.entities.sampler import EpisodeShape, draw_episodes, greedy

SHAPE = EpisodeShape(2, 3, 2)


def corpus(n: int = 120) -> list[Sentence]:
    """Sentences of one to three entities of four types; some are equal."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(n):
        kinds = rng.choice(list("ABCD"), rng.integers(1, 4)).tolist()
        words = tuple(f"w{number % 100}" for _ in range(2 * len(kinds)))
        found.append(Sentence(words, tuple(Span(2 * i, 2 * i + 1, k) for i, k in enumerate(kinds))))
    return found


def test_episodes_have_the_shape_and_nothing_on_both_sides() -> None:
    sentences = corpus()
    for types, support, query in draw_episodes(root_key(1), sentences, "ABCD", SHAPE, 40):
        for part, least in ((support, 3), (query, 2)):
            counts = Counter(span.kind for n in part for span in sentences[n].spans)
            assert all(least <= counts[kind] <= 2 * least for kind in types)
        words = [{sentences[n].words for n in part} for part in (support, query)]
        assert not words[0] & words[1]


def test_an_episode_depends_on_its_number_alone() -> None:
    few, many = (draw_episodes(root_key(1), corpus(), "ABCD", SHAPE, n) for n in (3, 9))
    assert many[:3] == few
    assert len({one.support for one in many}) == 9


@given(some.lists(some.dictionaries(some.sampled_from("AB"), some.integers(1, 4)), max_size=8))
def test_greedy_takes_only_what_is_wanted(counts: list[dict[str, int]]) -> None:
    taken = greedy(range(len(counts)), counts, ("A", "B"), 2)
    if taken is not None:
        sums = [sum(counts[n].get(kind, 0) for n in taken) for kind in "AB"]
        assert all(2 <= total <= 4 for total in sums)
        assert taken == sorted(set(taken))


@pytest.mark.parametrize(
    ("shape", "said"),
    [(EpisodeShape(5, 1, 1), "needs as many"), (EpisodeShape(2, 200, 1), "found no sentences")],
)
def test_what_cannot_be_drawn_is_one_line(shape: EpisodeShape, said: str) -> None:
    with pytest.raises(DataError, match=said):
        draw_episodes(root_key(0), corpus(), "ABCD", shape, 1)
