"""Entity F1: an entity is right if its first word, its last word and its type are."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from fewqubit.entities.sentence import OUTSIDE, Sentence, Span, kinds_of


class Counts(NamedTuple):
    """Entities that are right, that were answered, and that there are."""

    right: int
    answered: int
    there: int

    @property
    def f1(self) -> float:
        """2 · right / (answered + there), the harmonic mean of precision and recall."""
        return 2 * self.right / max(self.answered + self.there, 1)


def count_right(truth: Sequence[Sequence[Span]], answers: Sequence[Sequence[Span]]) -> Counts:
    """Over all sentences and types together (micro)."""
    right = sum(len(set(one) & set(other)) for one, other in zip(truth, answers, strict=True))
    return Counts(right, sum(map(len, answers)), sum(map(len, truth)))


def confused(
    sentences: Sequence[Sentence], answers: Sequence[Sequence[Span]]
) -> Counter[tuple[str, str]]:
    """Words by their true type and the answered one; those that are O in both are left out."""
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence, spans in zip(sentences, answers, strict=True):
        given = kinds_of(sentence._replace(spans=tuple(spans)))
        pairs.update(zip(kinds_of(sentence), given, strict=True))
    pairs.pop((OUTSIDE, OUTSIDE), None)
    return pairs
