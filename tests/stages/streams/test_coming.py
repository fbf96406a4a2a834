"""Files that arrive, as people put them into a folder: in other columns, forms and names."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fewqubit.base.io.cards import read_card
from fewqubit.base.keys import root_key
from fewqubit.config import Episodes, Table
from fewqubit.config.streams import Stream
from fewqubit.errors import DataError
from fewqubit.stages.streams.arrive import arrive
from fewqubit.stages.streams.arrived import CARD, load_group

BASE, INCOMING = Path("data/tables/base.csv"), Path("data/tables/incoming")
EPISODES = Episodes(n_way=2, n_shot=1, n_query=2, n_validation=2, n_test=3)
TABLE = Table(source="table", path=str(BASE), label="label", episodes=EPISODES)


def text(names: str = "a,b", classes: str = "d", separator: str = ",", n: int = 4) -> str:
    """``n`` classes of six rows; the numbers of column b are near 100, those of z near 7."""
    random, near = np.random.default_rng(1), {"a": 0.0, "b": 100.0, "z": 7.0, "other": 0.0}
    lines = [separator.join(["label", *names.split(",")])]
    for kind in range(n):
        for values in random.normal(size=(6, 4)):
            found = dict(zip(near, np.add(values, [*near.values()]), strict=True))
            cells = [f"{found[name]:.3f}" for name in names.split(",")]
            if separator == ";":
                cells = [cell.replace(".", ",") for cell in cells]
            lines.append(separator.join([f"{classes}{kind}", *cells]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes a file into the folder; the table of the data set is there."""
    monkeypatch.chdir(tmp_path)
    INCOMING.mkdir(parents=True)
    BASE.write_text(text(classes="c"))

    def write(name: str, content: str | bytes) -> Path:
        path = INCOMING / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def came() -> dict[str, np.ndarray]:
    """Mean features of each group."""
    stream = Stream(datasets=["t"], by="file", incoming=str(INCOMING))
    arrive("s", stream, {"t": TABLE}, root_key(0), Path("out"))
    names = read_card(Path("out", CARD))["groups"]
    found = {name: load_group(Path(f"out/{n:03d}.npz"), name) for n, name in enumerate(names)}
    return {name: np.asarray(group.x).mean(0) for name, group in found.items()}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("may.csv", text()),
        ("may.csv", text("b,a")),
        ("may.csv", text(separator=";")),
        ("may.tsv", text(separator="\t")),
        ("may.CSV", text()),
        ("may.csv.gz", gzip.compress(text().encode())),
        ("may.csv", text().encode("utf-16")),
    ],
)
def test_columns_go_by_name_however_the_file_is_written(
    put: Callable[..., Path], file: str, content: str | bytes
) -> None:
    put(file, content)
    put(".june.csv", "half")
    put("notes.md", "not a table")
    assert {name: np.round(mean, -1).tolist() for name, mean in came().items()} == {
        "base": [0, 100],
        "may": [0, 100],
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (text("a,other"), "may.csv: expected the columns of the first table, a, b, .* b not there"),
        (text("a,b,z"), "may.csv: .* in any order; z new"),
        (text("a"), "may.csv: .* b not there"),
        (text().replace("\nd1,", "\nd1,x", 1), "may.csv: column 'a' must hold numbers, but row 7"),
        (text().replace("\nd1,", "\nd1,,", 1), "may.csv: .* in line 8, saw 4"),
        (text()[:-9], "may.csv: line 25 has 2 cells"),
        ("label,a,b\nd0,1,\nd0,2,3\nd1,3,4\nd1,5,6\n", "may.csv: column 'b' has no value in row 1"),
        ("", "may.csv: no label column"),
    ],
)
def test_a_file_that_does_not_fit_is_one_line(
    put: Callable[..., Path], content: str, told: str
) -> None:
    put("may.csv", content)
    with pytest.raises(DataError, match=told):
        came()
    assert not Path("out").exists()


@pytest.mark.parametrize("names", [("base.csv",), ("may.csv", "may.tsv")])
def test_two_files_are_no_one_group(put: Callable[..., Path], names: tuple[str, ...]) -> None:
    for name in names:
        put(name, text())
    with pytest.raises(DataError, match=r"would both be the group '(base|may)'; rename"):
        came()


def test_a_class_that_comes_again_stays_learned_or_tested(put: Callable[..., Path]) -> None:
    put("may.csv", text(classes="c", n=7))
    came()
    card = read_card(Path("out", CARD))
    for side in ("learned", "tested"):
        first, second = card[side]
        assert set(first) < set(second)
    assert not set(card["learned"][1]) & set(card["tested"][1])


def test_categories_are_those_of_the_first_table(put: Callable[..., Path]) -> None:
    """A town that the first table does not have is none of its towns, in whatever order."""
    towns = {"c": ["Rome", "Oslo"], "d": ["Bern", "Oslo"]}
    for classes, path in (("c", BASE), ("d", INCOMING / "may.csv")):
        head, *lines = text(classes=classes).splitlines()
        rows = [f"{line},{towns[classes][n % 2]}" for n, line in enumerate(lines)]
        path.write_text("\n".join([f"{head},town", *rows]) + "\n")
    found = came()
    oslo, rome = found["base"][2:], found["may"][2:]
    assert oslo.tolist() == [0.5, 0.5]
    assert rome.tolist() == [0.5, 0.0]
