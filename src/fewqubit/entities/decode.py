"""The likeliest sequence of tags that can be: probabilities of tokens, and what may follow what.

Tags are O, and B-c and I-c of each type c. How entities of new types follow one another is not
known, so transitions are counted on other types, without regard to which: StructShot, Yang and
Katiyar (2020), arXiv 2010.02405. Deviation: there tags have no B; here an entity may end where
another of its type begins, and I-c follows B-c and I-c only.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.entities.sentence import Sentence, Span

NEVER = -np.inf
OUT, OTHER, AGAIN, ON = 0, 1, 2, 3  # what may follow a word of an entity


class Transitions(NamedTuple):
    """Log-probabilities of what follows.

    free:    a word of no entity, or the start: O, the B of some type
    within:  a word of an entity: O, B of another type, B of its own, I of its own
    """

    free: Float[np.ndarray, " 2"]
    within: Float[np.ndarray, " 4"]


def count_transitions(sentences: Sequence[Sentence]) -> Transitions:
    """Shares among the words of ``sentences``; each possible step counts once more than seen."""
    free, within = np.ones(2), np.ones(4)
    for sentence in sentences:
        stops = {span.stop: span for span in sentence.spans}
        begins = {span.start: span for span in sentence.spans}
        inside = {n for span in sentence.spans for n in range(span.start + 1, span.stop)}
        for place in range(len(sentence.words)):
            if place in inside:
                within[ON] += 1
            elif (before := stops.get(place)) is not None:
                after = begins.get(place)
                same = after is not None and after.kind == before.kind
                within[OUT if after is None else AGAIN if same else OTHER] += 1
            else:
                free[int(place in begins)] += 1
    return Transitions(np.log(free / free.sum()), np.log(within / within.sum()))


def scores(transitions: Transitions, n_types: int, weight: float = 1.0) -> Float[np.ndarray, "S S"]:
    """Scores of each step, from row to column, of tags O, B-1 … B-n, I-1 … I-n; −∞: impossible.

    A sentence begins as after O. ``weight`` scales what was counted; what cannot be stays so. The
    share of "some type" is divided among the types.
    """
    n, others = n_types, max(n_types - 1, 1)
    after = np.full((1 + 2 * n, 1 + 2 * n), NEVER)
    after[0, 0] = weight * transitions.free[0]
    after[0, 1 : n + 1] = weight * (transitions.free[1] - np.log(n))
    for kind in range(n):
        for tag in (1 + kind, 1 + n + kind):
            after[tag, 0] = weight * transitions.within[OUT]
            after[tag, 1 : n + 1] = weight * (transitions.within[OTHER] - np.log(others))
            after[tag, 1 + kind] = weight * transitions.within[AGAIN]
            after[tag, 1 + n + kind] = weight * transitions.within[ON]
    return after


def viterbi(
    logits: Float[np.ndarray, "words S"], after: Float[np.ndarray, "S S"]
) -> Int[np.ndarray, " words"]:
    """argmax over sequences t of Σ logits[i, tᵢ] + after[O, t₁] + Σ after[tᵢ, tᵢ₊₁]."""
    best = after[0] + logits[0]
    back = np.zeros(logits.shape, int)
    for word in range(1, len(logits)):
        ways = best[:, None] + after
        back[word] = ways.argmax(axis=0)
        best = ways.max(axis=0) + logits[word]
    path = [int(best.argmax())]
    for word in range(len(logits) - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return np.array(path[::-1])


def decode(
    log_p: Float[np.ndarray, "words n+1"], types: Sequence[str], after: Float[np.ndarray, "S S"]
) -> list[Span]:
    """The entities of one sentence; columns of ``log_p`` are the types, then O."""
    n = len(types)
    emitted = np.concatenate([log_p[:, n:], log_p[:, :n], log_p[:, :n]], axis=1)
    spans: list[Span] = []
    for place, tag in enumerate(viterbi(emitted, after).tolist()):
        if tag > n:  # goes on: what came before is of its type
            spans[-1] = spans[-1]._replace(stop=place + 1)
        elif tag:
            spans.append(Span(place, place + 1, types[tag - 1]))
    return spans
