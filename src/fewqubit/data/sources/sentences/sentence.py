"""A sentence of words, and the entities in it."""

from collections.abc import Sequence
from typing import NamedTuple

OUTSIDE = "O"
BEGINS, ENDS = "BSU", "ELSU"  # letters of BIO, BIOES and BILOU
LETTERS = frozenset("BIMELSU")


class Span(NamedTuple):
    """An entity: words ``start`` … ``stop`` − 1 are a name of the type ``kind``."""

    start: int
    stop: int
    kind: str


class Sentence(NamedTuple):
    """Words and entities, both in order; no two entities overlap."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]


def is_lettered(tag: str) -> bool:
    """Whether ``tag`` is of the form ``B-PER``."""
    return len(tag) > 2 and tag[1] == "-" and tag[0] in LETTERS


def spans_of(tags: Sequence[str], lettered: bool) -> tuple[Span, ...]:
    """The entities from the tags of one sentence, in IO, IOB1, BIO, BIOES or BILOU.

    Without letters (``lettered`` false) a tag is a type, and neighbours of one type are one entity.
    As in conlleval, an entity begins where a tag says so, or where the type changes.
    """
    spans: list[Span] = []
    start, current = 0, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        letter, kind = (tag[0], tag[2:]) if lettered and tag != OUTSIDE else ("I", tag)
        kind = "" if tag == OUTSIDE else kind
        if current and (kind != current or letter in BEGINS):
            spans.append(Span(start, place, current))
            current = ""
        if kind and not current:
            start, current = place, kind
        if kind and letter in ENDS:
            spans.append(Span(start, place + 1, current))
            current = ""
    return tuple(spans)


def kinds_of(sentence: Sentence) -> list[str]:
    """The type of each word, ``O`` for words without a type."""
    kinds = [OUTSIDE] * len(sentence.words)
    for span in sentence.spans:
        kinds[span.start : span.stop] = [span.kind] * (span.stop - span.start)
    return kinds


def bio_tags(spans: Sequence[Span], n_words: int) -> list[str]:
    """``B-PER``, ``I-PER``, ``O``: the tags that mean ``spans``."""
    tags = [OUTSIDE] * n_words
    for span in spans:
        tags[span.start : span.stop] = [f"I-{span.kind}"] * (span.stop - span.start)
        tags[span.start] = f"B-{span.kind}"
    return tags


def only(sentence: Sentence, kinds: Sequence[str]) -> Sentence:
    """The sentence with only the entities of ``kinds``; others become plain words."""
    wanted = set(kinds)
    return sentence._replace(spans=tuple(one for one in sentence.spans if one.kind in wanted))
