"""Files as they are published, and as people bring them; every fault with its line."""

import os
from pathlib import Path

import pytest

from fewqubit.data.sources.sentences import count_types, read_files, read_sentences
from fewqubit.data.sources.sentences.sentence import Span, bio_tags
from fewqubit.errors import DataError

ROOT = Path(__file__).parents[4]


@pytest.fixture
def put(tmp_path: Path):
    def file(content: str | bytes, name: str = "a.conll") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return file


def shown(path: Path, **changes: bool) -> list[tuple[str, ...]]:
    return [
        tuple(
            f"{word}/{tag}"
            for word, tag in zip(one.words, bio_tags(one.spans, len(one.words)), strict=True)
        )
        for one in read_sentences(path, **changes)
    ]


@pytest.mark.parametrize(
    "content",
    [
        "Ann B-PER\nLee I-PER\nsat O\n\nRome B-LOC\n",
        "Ann\tB-PER\r\nLee\tI-PER\r\nsat\tO\r\n\r\nRome\tB-LOC",
        "-DOCSTART- -X- O O\n\nAnn N x B-PER\nLee N x I-PER\nsat V x O\n \t\nRome N x B-LOC\n\n\n",
        "\ufeff# id = 1\nAnn B-PER\nLee E-PER\nsat O\n\n# text = Rome\nRome S-LOC\n",
        "Ann I-PER\nLee I-PER\nsat O\n\nRome I-LOC\n",
        "Ann\tPER\nLee\tPER\nsat\tO\n\nRome\tLOC\n",
    ],
)
def test_columns_in_many_forms(put, content: str) -> None:
    expected = [("Ann/B-PER", "Lee/I-PER", "sat/O"), ("Rome/B-LOC",)]
    assert shown(put(content)) == expected
    assert shown(put(content, "emerging.test.annotated")) == expected


def test_words_that_look_like_something_else(put) -> None:
    """A hashtag is no comment, an odd blank of Unicode is a word."""
    lines = ["x\tO", "#rome\tB-LOC", "#\tO", "\xa0\tO", "-\tO", "O\tO", "𝟙\tB-NUM"]
    (sentence,) = read_sentences(put("\n".join(lines)))
    assert sentence.words == ("x", "#rome", "#", "\xa0", "-", "O", "𝟙")
    assert sentence.spans == (Span(1, 2, "LOC"), Span(6, 7, "NUM"))


def test_fine_types_may_be_taken_as_coarse_ones(put) -> None:
    path = put("Ann\tperson-actor\nLee\tperson-actor\nNile\tlocation-GPE\n")
    assert count_types(read_sentences(path)) == {"location-GPE": 1, "person-actor": 1}
    assert count_types(read_sentences(path, coarse=True)) == {"location": 1, "person": 1}


@pytest.mark.parametrize(
    "line",
    [
        '{"tokens": ["Ann", "Lee", "sat"], "entities": [{"start": 0, "end": 2, "label": "PER"}]}',
        '{"text": "Ann Lee sat", "entities": [[0, 7, "PER"]]}',
        '{"text": "Ann Lee sat", "label": [[0, 5, "PER"]]}',  # of every word that it touches
        '{"words": ["Ann", "Lee", "sat"], "spans": [{"start": 0, "end": 2, "type": "PER"}]}',
        '{"tokens": ["Ann", "Lee", "sat"], "ner_tags": ["B-PER", "I-PER", "O"]}',
        '{"tokens": ["Ann", "Lee", "sat"], "tags": ["PER", "PER", "O"]}',
    ],
)
def test_spans_in_many_forms(put, line: str) -> None:
    assert shown(put(f"{line}\n\n", "a.jsonl")) == [("Ann/B-PER", "Lee/I-PER", "sat/O")]


def test_a_folder_is_read_in_the_order_of_names(put, tmp_path: Path) -> None:
    put("b B-X\n", "b.txt")
    put('{"tokens": ["a"], "entities": []}', "a.jsonl")
    put("not me", "LICENSE")
    assert shown(tmp_path) == [("a/O",), ("b/B-X",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Ann B-PER\nLee\n", "line 2: expected a word and its tag"),
        ("Ann B-PER\nLee PER\n", "line 2 has the tag 'PER', but others have a letter"),
        ("Ann B-PER\nLee B-per\n", "one class spelled in two ways"),
        ("\n\n", "expected sentences"),
        ("", "expected sentences"),
        (b"\xff\xfeA\0", "expected text in UTF-8, but byte 0"),
        ("a\0b O\n", "holds a NUL byte"),
    ],
)
def test_a_fault_of_columns_is_one_line(put, content: str | bytes, said: str) -> None:
    with pytest.raises(DataError, match=said) as raised:
        read_sentences(put(content))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1: is no JSON"),
        ("[" * 100_000, "line 1: is no JSON"),
        ("[1]", "line 1: expected an object"),
        ('{"tokens": "Ann"}', "line 1: expected `tokens`, a list of words, or `text`"),
        ('{"support": {}, "query": {}}', "got neither, but 'support', 'query'"),
        ('{"tokens": ["a", "b"], "ner_tags": [1, 0]}', "a tag such as B-PER for each of 2 tokens"),
        ('{"tokens": ["a", "b"], "ner_tags": ["O"]}', "a tag such as B-PER for each of 2 tokens"),
        ('{"tokens": ["a"], "entities": [[0, 2, "X"]]}', "the span 0 … 2 is not in 0 … 1"),
        ('{"tokens": ["a"], "entities": [[0, 0, "X"]]}', "the span 0 … 0 is not in"),
        ('{"tokens": ["a"], "entities": [[0, 1]]}', r"expected entities as \[start, end, label\]"),
        ('{"tokens": ["a", "b"], "entities": [[0, 2, "X"], [1, 2, "Y"]]}', "begins within the one"),
        ('{"text": "a  b", "entities": [[1, 2, "X"]]}', "the span 1 … 2 holds no word"),
    ],
)
def test_a_fault_of_spans_is_one_line(put, line: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as raised:
        read_sentences(put(line, "a.jsonl"))
    assert "\n" not in str(raised.value)


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.conll: cannot be read"):
        read_sentences(tmp_path / "gone.conll")


def test_wikigold_is_what_its_authors_count() -> None:
    folder = Path(os.environ.get("FEWQUBIT_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data are not at {folder}; set FEWQUBIT_TEST_DATA to where they are")
    sentences = read_sentences(folder / "wikigold/wikigold.conll.txt")
    assert (len(sentences), sum(len(one.words) for one in sentences)) == (1696, 39007)
    assert count_types(sentences) == {"LOC": 1014, "MISC": 712, "ORG": 898, "PER": 934}


PUBLISHED = {  # how the files of each are written
    "CrossNER, ai/train.txt": (
        "Popular\tO\napproaches\tO\nof\tO\nTF-IDF\tB-algorithm\n\nused\tO\nin\tO\nPython\tB-programlang\n"
        "NumPy\tB-product\narrays\tI-product\n\n",
        "columns by tabs, tags BIO; 2 sentences",
        {"algorithm": 1, "product": 1, "programlang": 1},
    ),
    "CrossNER by blanks": (
        "SMC O\nAI B-field\n\nKim B-researcher\nLee I-researcher\n",
        "columns by blanks, tags BIO; 2 sentences",
        {"field": 1, "researcher": 1},
    ),
    "WNUT-17, wnut17train.conll": (
        "@paulwalk\tO\nEmpire\tB-location\nState\tI-location\nBuilding\tI-location\n.\tO\n\t\n"
        '"\tO\nHarry\tB-creative-work\nPotter\tI-creative-work\n\n\n#ff\tO\n\n',
        "columns by tabs, tags BIO; 3 sentences",
        {"creative-work": 1, "location": 1},
    ),
    "Few-NERD, supervised/train.txt": (
        "Paul\tperson-actor\nNewman\tperson-actor\n,\tO\nLondon\tlocation-GPE\nParis\tlocation-GPE\n\n"
        "Hicks\tart-writtenart\n\n",
        "columns by tabs, tags IO (bare types); 2 sentences",
        {"art-writtenart": 1, "location-GPE": 1, "person-actor": 1},
    ),
    "JSON lines in a file of another ending": (
        '{"text": "Ann sat", "entities": [[0, 3, "PER"]]}\n',
        "spans in JSON lines; 1 sentences",
        {"PER": 1},
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_files_are_read_as_they_are_published(name: str, put) -> None:
    content, said, counts = PUBLISHED[name]
    path = put(content, "train.txt")
    found, notes = read_files([path])
    assert count_types(found) == counts
    assert notes[0] == f"{path}: {said}"
    listed = ", ".join(f"{kind} {n}" for kind, n in counts.items())
    assert notes[1] == f"{path}: entities by type: {listed}"


def test_files_of_a_list_are_read_one_after_the_other(put) -> None:
    first, second = put("a B-X\n", "one.txt"), put("b\tS-Y\nc\tO\n", "two.bio")
    found, notes = read_files([first, second])
    assert count_types(found) == {"X": 1, "Y": 1}
    assert [note.split("; ")[0].split(": ")[1] for note in notes[:2]] == [
        "columns by blanks, tags BIO",
        "columns by tabs, tags BIOES",
    ]
