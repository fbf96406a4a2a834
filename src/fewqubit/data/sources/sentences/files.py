"""Read sentences from a file or a folder of files, with the types and the format of each file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fewqubit.data.labels import check_labels
from fewqubit.data.sources.sentences.conll import parse_conll
from fewqubit.data.sources.sentences.sentence import Sentence
from fewqubit.data.sources.sentences.spans import parse_spans
from fewqubit.errors import DataError

LARGEST = 512 * 2**20  # bytes of a file
COLUMNS, SPANS = (".conll", ".txt", ".bio", ".iob", ".tsv"), (".jsonl", ".json")


class Parsed(NamedTuple):
    """The sentences of a file, and its format."""

    sentences: list[Sentence]
    form: str


def read_sentences(path: str | Path, coarse: bool = False) -> list[Sentence]:
    """The sentences of a file or folder, as ``read_files`` reads them."""
    return read_files([Path(path)], coarse)[0]


def read_files(paths: Sequence[Path], coarse: bool = False) -> tuple[list[Sentence], list[str]]:
    """The sentences of files, and of all files in folders, sorted by name.

    Also returns a line for each file with its detected format and its content. ``coarse`` keeps the
    part of a type before the first hyphen: ``person`` of Few-NERD's
    ``person-actor``. Raises DataError, with file and line: no such file, no UTF-8, no sentences,
    one type in two spellings, or what ``parse_conll`` and ``parse_spans`` raise.
    """
    found: list[Sentence] = []
    notes = []
    for path in [file for place in paths for file in _files(place)]:
        parsed = _read(path)
        found += parsed.sentences
        notes.append(f"{path}: {parsed.form}; {len(parsed.sentences)} sentences")
    where = ", ".join(map(str, paths))
    if not found:
        raise DataError(
            f"{where}: expected sentences ({', '.join((*COLUMNS, *SPANS))}), found none"
        )
    if coarse:
        found = [_coarse(sentence) for sentence in found]
    counts = count_types(found)
    check_labels(((kind, 1) for kind in counts), f"{where}: types")
    listed = ", ".join(f"{kind} {n}" for kind, n in counts.items())
    return found, [*notes, f"{where}: entities by type: {listed or 'none'}"]


def count_types(sentences: Sequence[Sentence]) -> dict[str, int]:
    """The number of entities of each type, by name."""
    counts = Counter(span.kind for sentence in sentences for span in sentence.spans)
    return dict(sorted(counts.items()))


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    return sorted(one for one in place.iterdir() if one.suffix.lower() in COLUMNS + SPANS)


def _read(path: Path) -> Parsed:
    """Parse a file; its format follows from its first character, an opening brace or a word."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise DataError(f"{path}: is larger than {LARGEST >> 20} MiB; take a part of it")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected text in UTF-8, but byte {error.start} is none; save it as UTF-8"
        ) from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}; correct the path") from None
    if "\0" in text:
        raise DataError(f"{path}: holds a NUL byte, as binary files do; expected text")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if path.suffix.lower() in SPANS or _is_object(lines):
        return Parsed(parse_spans(lines, path), "spans in JSON lines")
    return Parsed(*parse_conll(lines, path))


def _is_object(lines: Sequence[str]) -> bool:
    """Whether the first line that is not blank looks like an object of JSON."""
    first = next((line.strip() for line in lines if line.strip()), "")
    return first.startswith("{") and first.endswith("}")


def _coarse(sentence: Sentence) -> Sentence:
    spans = (span._replace(kind=span.kind.partition("-")[0]) for span in sentence.spans)
    return sentence._replace(spans=tuple(spans))
