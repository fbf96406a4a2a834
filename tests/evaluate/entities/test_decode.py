"""The decoder against all sequences there are, and what it forbids."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from fewqubit.data.raw import Sentences
from fewqubit.evaluate.entities.decode import count_transitions, decode, scores, viterbi

# a A A B B' f | a b: B' begins where another of its type ends; the second sentence has none
SENTENCES = Sentences(
    np.array([0, 6]), np.array([[1, 3, 0], [3, 4, 1], [4, 5, 1]]), np.zeros(2, int)
)
TRANSITIONS = count_transitions(SENTENCES, 8)
SEEDS = some.integers(0, 10_000)


def test_transitions_are_shares_of_what_is_seen() -> None:
    free, within = TRANSITIONS
    assert np.allclose(np.exp(free), [(1 + 3) / 6, (1 + 1) / 6])  # a, (f counts as after B), a, b
    assert np.allclose(np.exp(within), np.array([1 + 1, 1 + 1, 1 + 1, 1 + 1]) / 8)


def test_sentences_of_other_parts_are_not_counted() -> None:
    others = SENTENCES._replace(parts=np.array([2, 0]))
    free, within = count_transitions(others, 8)
    assert np.allclose(np.exp(free), [3 / 4, 1 / 4])
    assert np.allclose(np.exp(within), 1 / 4)


@pytest.mark.parametrize("n_types", [1, 2, 5])
def test_what_follows_adds_up_to_one_and_i_follows_its_own(n_types: int) -> None:
    after = np.exp(scores(TRANSITIONS, n_types))
    assert np.allclose(after[0].sum(), 1)
    if n_types > 1:
        assert np.allclose(after.sum(axis=1), 1)
    for kind in range(n_types):
        before = np.flatnonzero(after[:, 1 + n_types + kind])
        assert before.tolist() == [1 + kind, 1 + n_types + kind]


@given(SEEDS, some.integers(1, 2), some.sampled_from([0.0, 1.0]))
def test_viterbi_finds_the_best_of_all_sequences(seed: int, n_types: int, weight: float) -> None:
    """Of each sentence, whatever its length and whatever stands behind its end."""
    random, lengths = np.random.default_rng(seed), np.array([1, 3, 5])
    logits = random.normal(size=(3, 5, 1 + 2 * n_types))
    after = scores(TRANSITIONS, n_types, weight)
    found = viterbi(logits, after, np.arange(5) < lengths[:, None])
    for tags, own, length in zip(found, logits, lengths, strict=True):

        def value(tags: tuple[int, ...], own: np.ndarray = own) -> float:
            steps = zip((0, *tags), tags, strict=False)
            return sum(after[step] for step in steps) + own[range(len(tags)), tags].sum()

        best = max(product(range(1 + 2 * n_types), repeat=int(length)), key=value)
        assert np.isclose(value(tuple(tags[:length].tolist())), value(best))
        assert not tags[length:].any()


@given(SEEDS)
def test_i_follows_b_or_i_of_its_type(seed: int) -> None:
    log_p = 4 * np.random.default_rng(seed).normal(size=(2, 12, 4))
    tags = decode(log_p, scores(TRANSITIONS, 3), np.ones((2, 12), bool))
    before = np.append(np.zeros((2, 1), int), tags[:, :-1], axis=1)
    inside = tags > 3
    assert ((before == tags) | (before == tags - 3))[inside].all()


def test_a_clear_case_is_read_as_it_is() -> None:
    p = np.full((1, 5, 3), 0.01)
    for word, kind in enumerate([2, 0, 0, 1, 2]):
        p[0, word, kind] = 0.98
    tags = decode(np.log(p), scores(TRANSITIONS, 2, 0.0), np.ones((1, 5), bool))
    assert tags[0].tolist() in ([0, 1, 3, 2, 0], [0, 1, 1, 2, 0])
