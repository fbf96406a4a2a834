"""A file, or a folder of them, to sentences; which types there are."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from fewqubit.data.labels import check_labels
from fewqubit.entities.read.conll import parse_conll
from fewqubit.entities.read.spans import parse_spans
from fewqubit.entities.sentence import Sentence
from fewqubit.errors import DataError

LARGEST = 512 * 2**20  # bytes of a file
Parse = Callable[[Sequence[str], Path], list[Sentence]]
PARSERS: dict[str, Parse] = {
    **dict.fromkeys((".conll", ".txt", ".bio", ".iob", ".tsv"), parse_conll),
    **dict.fromkeys((".jsonl", ".json"), parse_spans),
}


def read_sentences(path: str | Path, coarse: bool = False) -> list[Sentence]:
    """The sentences of a file, or of all files in a folder in the order of their names.

    ``coarse`` keeps what stands before the first hyphen of a type: ``person`` of Few-NERD's
    ``person-actor``. Raises DataError, with file and line: no such file, no UTF-8, no sentences,
    one type in two spellings, or what ``parse_conll`` and ``parse_spans`` raise.
    """
    place = Path(path)
    files = [place]
    if place.is_dir():
        files = sorted(one for one in place.iterdir() if one.suffix.lower() in PARSERS)
    found = [sentence for one in files for sentence in _read(one)]
    if not found:
        raise DataError(f"{place}: expected sentences ({', '.join(PARSERS)}), found none")
    if coarse:
        found = [_coarse(sentence) for sentence in found]
    check_labels(((kind, 1) for kind in count_types(found)), f"{place}: types")
    return found


def count_types(sentences: Sequence[Sentence]) -> dict[str, int]:
    """How many entities there are of each type, by name."""
    counts = Counter(span.kind for sentence in sentences for span in sentence.spans)
    return dict(sorted(counts.items()))


def _read(path: Path) -> list[Sentence]:
    parse = PARSERS.get(path.suffix.lower(), parse_conll)
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
    return parse(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), path)


def _coarse(sentence: Sentence) -> Sentence:
    spans = (span._replace(kind=span.kind.partition("-")[0]) for span in sentence.spans)
    return sentence._replace(spans=tuple(spans))
