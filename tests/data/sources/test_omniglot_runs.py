"""Lake's one-shot runs: tasks from files, paired as their file of pairs says."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewqubit.base.keys import root_key
from fewqubit.config import Omniglot
from fewqubit.data.dataset import Episodes
from fewqubit.data.raw import RawData, checked
from fewqubit.data.sources.omniglot_runs import PAIRS, read_runs, with_runs
from fewqubit.data.splits import split_classes
from fewqubit.errors import DataError, SettingsError
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan

N_RUNS, N_WAY = 2, 3
ORDER = (2, 0, 1)  # test drawing i belongs to class ORDER[i]


def picture(level: int) -> bytes:
    """A picture of one grey, which tells which it is."""
    stream = io.BytesIO()
    Image.new("L", (4, 4), level).save(stream, "PNG")
    return stream.getvalue()


def level(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("L"))


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Grey 10·run + class in training; 100 more in test."""
    top = tmp_path / "all_runs"
    for run in range(N_RUNS):
        place = top / f"run{run + 1:02d}"
        for part in ("training", "test"):
            (place / part).mkdir(parents=True)
        lines = []
        for number in range(N_WAY):
            (place / f"training/class{number + 1:02d}.png").write_bytes(picture(10 * run + number))
            own = 100 + 10 * run + ORDER[number]
            (place / f"test/item{number + 1:02d}.png").write_bytes(picture(own))
            lines.append(
                f"{place.name}/test/item{number + 1:02d}.png "
                f"{place.name}/training/class{ORDER[number] + 1:02d}.png"
            )
        (place / PAIRS).write_text("\n".join(lines) + "\n")
    return top


def zipped(folder: Path) -> Path:
    """As published: folders of runs at the top, and what a Mac adds."""
    place = folder.with_suffix(".zip")
    with zipfile.ZipFile(place, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder).as_posix())
        archive.writestr("__MACOSX/run01/._class_labels.txt", "junk")
    return place


@pytest.mark.parametrize("packed", [False, True])
def test_runs_are_paired_as_their_files_say(runs: Path, packed: bool) -> None:
    raw = checked(read_runs(zipped(runs) if packed else runs, level), "runs")
    assert raw.names == [f"run{r:02d}/class{c:02d}" for r in (1, 2) for c in (1, 2, 3)]
    assert raw.groups == ["run01"] * 3 + ["run02"] * 3
    assert raw.asked is not None
    greys = raw.x[:, 0, 0].astype(int)
    np.testing.assert_array_equal(greys[raw.asked.support_rows], [[0, 1, 2], [10, 11, 12]])
    np.testing.assert_array_equal(greys[raw.asked.query_rows], [[100, 101, 102], [110, 111, 112]])


def break_pairs(run: Path, text: str) -> None:
    (run / PAIRS).write_text(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected at least two pairs, got 0"),
        ("run01/test/item01.png\n", "line 1: expected a test and a training file"),
        ("run01/test/item09.png run01/training/class01.png\n", "line 1: there is no run01/test/it"),
        ("test/item01.png training/class01.png\n" * 2, "line 2: .* for the second time"),
    ],
)
def test_pairs_that_do_not_pair_are_named(runs: Path, text: str, message: str) -> None:
    break_pairs(runs / "run01", text)
    with pytest.raises(DataError, match=rf"run01/{PAIRS}.*{message}"):
        read_runs(runs, level)


def test_runs_of_other_sizes_no_runs_and_no_zip_are_one_line(runs: Path, tmp_path: Path) -> None:
    pairs = [f"test/item0{n}.png training/class0{n}.png" for n in (1, 2)]
    break_pairs(runs / "run02", "\n".join(pairs))
    with pytest.raises(DataError, match=r"as many classes in every run, got \[2, 3\]"):
        read_runs(runs, level)
    with pytest.raises(DataError, match="found none"):
        read_runs(tmp_path / "all_runs/run01/test", level)
    with pytest.raises(DataError, match="expected a zip or a folder"):
        read_runs(tmp_path / "nothing.zip", level)


SETTINGS = Omniglot(
    source="omniglot",
    runs="data/tables/all_runs.zip",
    split="background_evaluation",
    rotations=[0],
    episodes=Episodes(n_way=N_WAY, n_shot=1, n_query=1, n_validation=3, n_test=N_RUNS),
)


def taught(monkeypatch: pytest.MonkeyPatch, runs: Path) -> RawData:
    """Eight made-up characters beside the runs; half of them validate."""
    names = [f"Script/character{number:02d}" for number in range(8)]
    lists = {"meta_train": names[:4], "validation": names[4:], "meta_test": ["of no use here"]}
    monkeypatch.setattr("fewqubit.data.splits.named_split", lambda name: dict(lists))
    y = np.repeat(np.arange(8, dtype=np.int32), 4)
    x = np.random.default_rng(0).integers(0, 255, (32, 4, 4)).astype(np.uint8)
    return with_runs(RawData(x, y, names, names), read_runs(runs, level))


def test_the_runs_are_the_frozen_test(monkeypatch: pytest.MonkeyPatch, runs: Path) -> None:
    raw = checked(taught(monkeypatch, runs), "omniglot")
    split = split_classes(raw, SETTINGS.split, root_key(0))
    assert [raw.names[number] for number in split.meta_test] == raw.names[8:]
    made = prepared(plan("omniglot", SETTINGS, raw, root_key(0)), SETTINGS, root_key(0))
    test = made.manifests["manifest_test"]
    greys = raw.x[:, 0, 0].astype(int)
    np.testing.assert_array_equal(greys[test.query_rows] - greys[test.support_rows], 100)
    assert len(made.manifests["manifest_validation"].class_ids) == 3


def test_other_shapes_and_dropped_rows_are_refused(
    monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    raw = taught(monkeypatch, runs)
    longer = SETTINGS.model_copy(
        update={"episodes": SETTINGS.episodes.model_copy(update={"n_test": 20})}
    )
    with pytest.raises(SettingsError, match=r"come with the data have .*'n_test': 2"):
        prepared(plan("omniglot", longer, raw, root_key(0)), longer, root_key(0))
    dropping = SETTINGS.model_copy(update={"duplicates": "drop"})
    with pytest.raises(SettingsError, match="expected one_side or allow, got drop"):
        plan("omniglot", dropping, raw, root_key(0))
    with pytest.raises(ValueError, match="trains on characters that the runs ask about"):
        Omniglot.model_validate(SETTINGS.model_dump() | {"split": "vinyals"})


def test_a_task_that_shows_what_it_asks_is_refused(
    monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    raw = taught(monkeypatch, runs)
    assert raw.asked is not None
    for asked, message in (
        (raw.asked._replace(query_rows=raw.asked.support_rows), "episode 0 asks a row"),
        (raw.asked._replace(query_rows=raw.asked.query_rows[:, ::-1]), "class by class"),
        (raw.asked._replace(query_rows=raw.asked.query_rows[:, :2]), "a multiple of 3"),
    ):
        with pytest.raises(DataError, match=message):
            checked(raw._replace(asked=asked), "mine")
