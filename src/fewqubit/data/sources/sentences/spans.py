"""JSON lines: a sentence each, as words or as text, with its entities as spans.

``{"tokens": [...], "entities": [{"start": 0, "end": 2, "label": "PER"}]}`` counts words;
``{"text": "...", "entities": [[0, 10, "PER"]]}`` counts characters, as doccano and spaCy write.
Ends are exclusive. ``{"tokens": [...], "ner_tags": ["B-PER", "O"]}`` has a tag for each word.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fewqubit.data.labels import quoted
from fewqubit.data.sources.sentences.sentence import Sentence, Span, is_lettered, spans_of
from fewqubit.errors import DataError

WORDS, TEXT = ("tokens", "words"), ("text", "sentence")
SPANS = ("entities", "spans", "labels", "label")
TAGS = ("ner_tags", "tags")
KINDS, STOPS = ("label", "type", "kind"), ("end", "stop")
WORD = re.compile(r"\w+|[^\w\s]")


def parse_spans(lines: Sequence[str], path: Path) -> list[Sentence]:
    """The sentences of a file. Raises DataError, with the line and what was expected there."""
    return [
        sentence_of(_values(line, f"{path}: line {number}"), f"{path}: line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def _values(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: is no JSON: {error}") from None


def sentence_of(values: Any, where: str) -> Sentence:
    """The sentence of one object. Raises DataError, with ``where`` and what was expected there."""
    if not isinstance(values, Mapping):
        raise DataError(f"{where}: expected an object with tokens or text, and entities")
    spans = [_span(one, where) for one in _first(values, SPANS) or []]
    words, text = _first(values, WORDS), _first(values, TEXT)
    if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
        tags = None if any(name in values for name in SPANS) else _first(values, TAGS)
        if tags is not None:
            return Sentence(tuple(words), _of_tags(tags, len(words), where))
        return Sentence(tuple(words), _ordered(spans, len(words), where))
    if not isinstance(text, str) or not text.strip():
        raise DataError(
            f"{where}: expected `tokens`, a list of words, or `text`; got neither, but "
            f"{', '.join(map(quoted, [*values][:5])) or 'an empty object'}"
        )
    return _of_text(text, spans, where)


def _of_tags(tags: Any, n_words: int, where: str) -> tuple[Span, ...]:
    """The entities of a sentence that has a tag for each word."""
    names = isinstance(tags, list) and all(isinstance(tag, str) and tag for tag in tags)
    if not names or len(tags) != n_words:
        raise DataError(
            f"{where}: expected a tag such as B-PER for each of {n_words} tokens, got "
            f"{quoted(str(tags))}; numbers have to be written as the names that they stand for"
        )
    return spans_of(tags, any(map(is_lettered, tags)))


def _of_text(text: str, spans: Sequence[Span], where: str) -> Sentence:
    """Words and signs of a text; a span contains all words that it touches."""
    places = [(found.start(), found.end()) for found in WORD.finditer(text)]
    touched = []
    for span in _ordered(spans, len(text), where):
        inside = [n for n, (a, b) in enumerate(places) if a < span.stop and b > span.start]
        if not inside:
            raise DataError(f"{where}: the span {span.start} … {span.stop} holds no word")
        touched.append(Span(inside[0], inside[-1] + 1, span.kind))
    words = tuple(text[a:b] for a, b in places)
    return Sentence(words, _ordered(touched, len(words), where))


def _span(value: Any, where: str) -> Span:
    if isinstance(value, Mapping):
        value = [value.get("start"), _first(value, STOPS), _first(value, KINDS)]
    well_formed = (
        isinstance(value, list) and len(value) == 3 and all(type(v) is int for v in value[:2])
    )
    if not well_formed or not isinstance(value[2], str) or not value[2].strip():
        raise DataError(f"{where}: expected entities as [start, end, label], got {quoted(value)}")
    return Span(value[0], value[1], value[2].strip())


def _ordered(spans: Sequence[Span], length: int, where: str) -> tuple[Span, ...]:
    """Spans sorted by place. Raises DataError: one is empty or outside, or two overlap."""
    ordered = sorted(spans)
    ends = [0, *(span.stop for span in ordered)]
    for span, before in zip(ordered, ends, strict=False):
        if not 0 <= span.start < span.stop <= length:
            raise DataError(f"{where}: the span {span.start} … {span.stop} is not in 0 … {length}")
        if span.start < before:
            raise DataError(
                f"{where}: the span {span.start} … {span.stop} begins within the one before it; "
                "an entity within another is not learned: keep one of them"
            )
    return tuple(ordered)


def _first(values: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((values[name] for name in names if name in values), None)
