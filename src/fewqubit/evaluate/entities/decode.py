"""The most likely valid sequence of tags, from word probabilities and transition probabilities.

Tags are O, and B-c and I-c of each type c, numbered O, B-1 … B-n, I-1 … I-n. Transitions between
new types are unknown. They are therefore counted on the training types, and the counts of all types
are pooled. Source: StructShot, Yang and Katiyar (2020), arXiv 2010.02405. Deviation: their tags
have no B; here an entity may directly follow one of the same type, and I-c follows only B-c or I-c.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from fewqubit.data.raw import Sentences

NEVER = -np.inf
OUT, OTHER, AGAIN, ON = 0, 1, 2, 3  # tags after a word of an entity: O, other B, same B, same I


class Transitions(NamedTuple):
    """Log-probabilities of the next tag.

    free:    after O, or at the start of a sentence: O, B of any type
    within:  after a word of an entity: O, B of another type, B of the same, I of the same
    """

    free: Float[np.ndarray, " 2"]
    within: Float[np.ndarray, " 4"]


def count_transitions(sentences: Sentences, n_rows: int, part: int = 0) -> Transitions:
    """Log of the frequencies in one part, with 1 added to each count (Laplace smoothing)."""
    kind, begins = np.full(n_rows, -1), np.zeros(n_rows, bool)
    for start, stop, one in sentences.spans.tolist():
        kind[start:stop], begins[start] = one, True
    before = np.append(-1, kind[:-1])
    before[sentences.starts] = -1  # the start of a sentence counts as O
    lengths = np.diff(sentences.starts, append=n_rows)
    mine = np.repeat(sentences.parts == part, lengths)
    fresh = mine & (before < 0)
    after = mine & (before >= 0)
    step = np.where(kind < 0, OUT, np.where(~begins, ON, np.where(kind == before, AGAIN, OTHER)))
    free = 1.0 + np.bincount(begins[fresh], minlength=2)
    within = 1.0 + np.bincount(step[after], minlength=4)
    return Transitions(np.log(free / free.sum()), np.log(within / within.sum()))


def scores(transitions: Transitions, n_types: int, weight: float = 1.0) -> Float[np.ndarray, "S S"]:
    """Transition scores, from row to column, of tags O, B-1 … B-n, I-1 … I-n; −∞: impossible.

    The start of a sentence counts as O. ``weight`` scales the log-probabilities; impossible steps
    stay impossible. The probability of "any type" is divided equally among the types.
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
    logits: Float[np.ndarray, "B words S"],
    after: Float[np.ndarray, "S S"],
    there: Bool[np.ndarray, "B words"],
) -> Int[np.ndarray, "B words"]:
    """argmax over sequences t of Σ logits[i, tᵢ] + after[O, t₁] + Σ after[tᵢ, tᵢ₊₁], for each row.

    ``there`` marks the words of each sentence; padding after its end gets the tag O.
    """
    n_rows, n_words, n_tags = logits.shape
    best = after[0] + logits[:, 0]
    back = np.zeros(logits.shape, int)
    for word in range(1, n_words):
        ways = best[:, :, None] + after
        goes_on = there[:, word, None]
        back[:, word] = np.where(goes_on, ways.argmax(axis=1), np.arange(n_tags))
        best = np.where(goes_on, ways.max(axis=1) + logits[:, word], best)
    tags = np.zeros((n_rows, n_words), int)
    tag = best.argmax(axis=1)
    for word in range(n_words - 1, -1, -1):
        tags[:, word] = np.where(there[:, word], tag, 0)
        tag = back[np.arange(n_rows), word, tag]
    return tags


def decode(
    log_p: Float[np.ndarray, "B words n+1"],
    after: Float[np.ndarray, "S S"],
    there: Bool[np.ndarray, "B words"],
) -> Int[np.ndarray, "B words"]:
    """The tags of sentences; columns of ``log_p`` are the types, then O. B-c and I-c have p(c)."""
    types, outside = log_p[..., :-1], log_p[..., -1:]
    return viterbi(np.concatenate([outside, types, types], axis=-1), after, there)
