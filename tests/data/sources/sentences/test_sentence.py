"""Tags to entities and back, against seqeval where it is installed."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fewqubit.data.sources.sentences.sentence import (
    Sentence,
    Span,
    bio_tags,
    kinds_of,
    only,
    spans_of,
)

TAGS = some.lists(
    some.sampled_from(["O", "B-A", "I-A", "B-B", "I-B", "E-A", "S-B", "E-B"]), max_size=9
)


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("I-A I-A O I-A", [(0, 2, "A"), (3, 4, "A")]),  # IO
        ("I-A B-A I-A I-B", [(0, 1, "A"), (1, 3, "A"), (3, 4, "B")]),  # IOB1
        ("B-A B-A I-A O", [(0, 1, "A"), (1, 3, "A")]),  # BIO
        ("S-A B-A I-A E-A S-B", [(0, 1, "A"), (1, 4, "A"), (4, 5, "B")]),  # BIOES
        ("U-A B-A L-A O U-A", [(0, 1, "A"), (1, 3, "A"), (4, 5, "A")]),  # BILOU
        ("B-A-b I-A-b O", [(0, 2, "A-b")]),  # a type may have a hyphen
    ],
)
def test_every_way_of_writing_tags(tags: str, spans: list[tuple[int, int, str]]) -> None:
    assert spans_of(tags.split(), lettered=True) == tuple(Span(*span) for span in spans)


def test_bare_types_are_entities() -> None:
    tags = ["person-actor", "person-actor", "O", "art-film", "person-actor"]
    kinds = [(0, 2, "person-actor"), (3, 4, "art-film"), (4, 5, "person-actor")]
    assert spans_of(tags, lettered=False) == tuple(Span(*span) for span in kinds)


@given(TAGS)
def test_entities_survive_their_tags(tags: list[str]) -> None:
    spans = spans_of(tags, lettered=True)
    assert spans_of(bio_tags(spans, len(tags)), lettered=True) == spans


@given(TAGS)
def test_entities_are_those_of_seqeval(tags: list[str]) -> None:
    seqeval = pytest.importorskip("seqeval.metrics.sequence_labeling", reason="no seqeval")
    theirs = {(start, end + 1, kind) for kind, start, end in seqeval.get_entities(tags)}
    assert {tuple(span) for span in spans_of(tags, lettered=True)} == theirs


def test_other_types_are_words_like_all() -> None:
    sentence = Sentence(tuple("abcd"), (Span(0, 1, "A"), Span(2, 4, "B")))
    assert kinds_of(only(sentence, ["B"])) == ["O", "O", "B", "B"]
