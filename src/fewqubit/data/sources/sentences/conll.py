"""Columns: a word and its tag on a line, a blank line after each sentence.

Tags are in IO, IOB1, BIO, BIOES or BILOU, as in CoNLL-2003, WNUT-17, CrossNER and wikigold, or bare
types, as in Few-NERD.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fewqubit.data.labels import quoted
from fewqubit.data.sources.sentences.sentence import OUTSIDE, Sentence, is_lettered, spans_of
from fewqubit.errors import DataError

DOCUMENT = "-DOCSTART-"
Row = tuple[int, str, str]  # line, word, tag


def parse_conll(lines: Sequence[str], path: Path) -> tuple[list[Sentence], str]:
    """The sentences of a file, and its tagging scheme.

    Raises DataError, with the line: no word and tag, mixed tags.
    """
    blocks = [*_blocks(lines, path)]
    tags = [(line, tag) for block in blocks for line, _, tag in block if tag != OUTSIDE]
    lettered = sum(is_lettered(tag) for _, tag in tags)
    if 0 < lettered < len(tags):
        line, tag = next((line, tag) for line, tag in tags if not is_lettered(tag))
        raise DataError(
            f"{path}: line {line} has the tag {quoted(tag)}, but others have a letter in front, as "
            "B-PER; write all in one way"
        )
    sentences = [
        Sentence(tuple(word for _, word, _ in block), spans_of(_tags(block), lettered > 0))
        for block in blocks
    ]
    return sentences, f"columns by {_separator(lines)}, tags {_scheme(tags, lettered > 0)}"


def _separator(lines: Sequence[str]) -> str:
    return "tabs" if any("\t" in line.strip(" \t") for line in lines) else "blanks"


def _scheme(tags: Sequence[tuple[int, str]], lettered: bool) -> str:
    """The tagging scheme, from the letters that occur."""
    if not lettered:
        return "IO (bare types)"
    letters = {tag[0] for _, tag in tags}
    if letters & set("SEULM"):
        return "BILOU" if letters & set("UL") else "BIOES"
    return "BIO" if "B" in letters else "IO"


def _tags(block: Sequence[Row]) -> list[str]:
    return [tag for _, _, tag in block]


def _blocks(lines: Sequence[str], path: Path) -> Iterator[list[Row]]:
    """The rows of each sentence."""
    block: list[Row] = []
    width = 0
    for number, line in enumerate(lines, 1):
        line = line.strip(" \t")  # only these: a word may be another blank of Unicode
        fields = [field.strip(" ") for field in re.split(r"\t" if "\t" in line else " +", line)]
        if not line or fields[0] == DOCUMENT:
            if block:
                yield block
            block = []
            continue
        width = width or (0 if line.startswith("# ") else len(fields))
        if line.startswith("#") and len(fields) != width:
            continue  # a comment; a word may begin with # too
        block.append(_row(fields, number, path))
    if block:
        yield block


def _row(fields: Sequence[str], number: int, path: Path) -> Row:
    if len(fields) < 2 or not fields[0] or not fields[-1]:
        raise DataError(
            f"{path}: line {number}: expected a word and its tag, separated by blanks or tabs, got "
            f"{quoted(' '.join(fields))}"
        )
    return number, fields[0], fields[-1]
