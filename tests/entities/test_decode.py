"""The decoder against all sequences there are, and what it forbids."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from fewqubit.entities.decode import count_transitions, decode, scores, viterbi
from fewqubit.entities.sentence import Sentence, Span

SENTENCES = [
    Sentence(tuple("abcdef"), (Span(1, 3, "A"), Span(3, 4, "B"), Span(4, 5, "B"))),
    Sentence(tuple("ab"), ()),
]
SEEDS = some.integers(0, 10_000)


def test_transitions_are_shares_of_what_is_seen() -> None:
    free, within = count_transitions(SENTENCES)
    assert np.allclose(np.exp(free), [(1 + 3) / 6, (1 + 1) / 6])  # a, (f counts as after B), a, b
    assert np.allclose(np.exp(within), np.array([1 + 1, 1 + 1, 1 + 1, 1 + 1]) / 8)


@pytest.mark.parametrize("n_types", [1, 2, 5])
def test_what_follows_adds_up_to_one_and_i_follows_its_own(n_types: int) -> None:
    after = np.exp(scores(count_transitions(SENTENCES), n_types))
    assert np.allclose(after[0].sum(), 1)
    if n_types > 1:
        assert np.allclose(after.sum(axis=1), 1)
    for kind in range(n_types):
        before = np.flatnonzero(after[:, 1 + n_types + kind])
        assert before.tolist() == [1 + kind, 1 + n_types + kind]


@given(SEEDS, some.integers(1, 5), some.integers(1, 2), some.sampled_from([0.0, 1.0]))
def test_viterbi_finds_the_best_of_all_sequences(
    seed: int, n_words: int, n_types: int, weight: float
) -> None:
    logits = np.random.default_rng(seed).normal(size=(n_words, 1 + 2 * n_types))
    after = scores(count_transitions(SENTENCES), n_types, weight)

    def value(tags: tuple[int, ...]) -> float:
        steps = zip((0, *tags), tags, strict=False)
        return sum(after[step] for step in steps) + logits[range(n_words), tags].sum()

    best = max(product(range(1 + 2 * n_types), repeat=n_words), key=value)
    assert np.isclose(value(tuple(viterbi(logits, after).tolist())), value(best))


@given(SEEDS)
def test_entities_are_apart_and_inside(seed: int) -> None:
    log_p = 4 * np.random.default_rng(seed).normal(size=(12, 4))
    spans = decode(log_p, ("A", "B", "C"), scores(count_transitions(SENTENCES), 3))
    places = [n for span in spans for n in range(span.start, span.stop)]
    assert places == sorted(set(places))
    assert all(0 <= n < 12 for n in places)


def test_a_clear_case_is_read_as_it_is() -> None:
    p = np.full((5, 3), 0.01)
    for word, kind in enumerate([2, 0, 0, 1, 2]):
        p[word, kind] = 0.98
    spans = decode(np.log(p), ("A", "B"), scores(count_transitions(SENTENCES), 2, 0.0))
    assert {(span.start, span.stop, span.kind) for span in spans} in (
        {(1, 3, "A"), (3, 4, "B")},
        {(1, 2, "A"), (2, 3, "A"), (3, 4, "B")},
    )
