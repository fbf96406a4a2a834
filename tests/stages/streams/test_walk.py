"""Stages of a stream: groups by column and by file; a new group costs one step."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fewqubit.base.io.cards import read_card
from fewqubit.base.keys import root_key
from fewqubit.config import Circuit, Episodes, Table, section_of
from fewqubit.config.streams import Stream
from fewqubit.data.dataset import Fractions
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta.settings.candidates import Candidate, ScaleFactors
from fewqubit.meta.settings.kernels import KernelRidge
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.group import Group
from fewqubit.meta.streams.settings import Replay
from fewqubit.models.settings import Mlp
from fewqubit.stages.streams.arrive import arrive
from fewqubit.stages.streams.arrived import CARD
from fewqubit.stages.streams.walk import STEP, Walk, built, walk_and_save
from fewqubit.stages.streams.walked import ANSWERS, WALK, load_walk
from fewqubit.tasks import Shape
from processes import eventually

EPISODES = Episodes(n_way=2, n_shot=1, n_query=2, n_validation=2, n_test=30)
LEARNER = section_of(
    ProtoNet(
        encoder=Mlp(),
        circuit=Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=1),
        training=Training(steps=2, tasks_per_step=1),
    ),
    seeds=2,
)


def rows(month: str, seed: int, n_classes: int = 4) -> list[str]:
    random = np.random.default_rng(seed)
    return [
        ",".join([f"{month}-c{c}", month, *(f"{v:.3f}" for v in c + random.normal(size=3))])
        for c in range(n_classes)
        for _ in range(4)
    ]


def write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["label,month,a,b,c", *lines]) + "\n")


def table(path: Path) -> Table:
    return Table(
        source="table",
        path=str(path),
        label="label",
        group="month",
        columns=["a", "b", "c"],
        split=Fractions(),
        episodes=EPISODES,
    )


def walked(arrived: Path, folder: Path) -> dict[str, bytes]:
    walk = Walk("s", "protonet", "quantum", "replay", LEARNER, Replay(rows=30), None)
    walk_and_save(walk, arrived, root_key(0), folder)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_a_new_month_costs_one_step_and_a_kill_none(tmp_path: Path) -> None:
    months = [("2026-01", 1), ("2026-02", 2), ("2026-03", 3)]
    source, arrived = tmp_path / "rows.csv", tmp_path / "arrived"
    stream = Stream(datasets=["t"])
    for upto, name in ((2, "two"), (3, "three")):
        write(source, [line for month, seed in months[:upto] for line in rows(month, seed)])
        arrive("s", stream, {"t": table(source)}, root_key(0), arrived / name)
    short, long = arrived / "two", arrived / "three"
    for file in ("000.npz", "001.npz"):
        assert (short / file).read_bytes() == (long / file).read_bytes()
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    walked(short, kept)
    at = (kept / "001" / STEP).stat().st_mtime_ns
    grown = walked(long, kept)
    assert (kept / "001" / STEP).stat().st_mtime_ns == at, "an old step was taken again"
    assert grown == walked(long, fresh)
    shutil.rmtree(kept / "002")  # as a kill in the last step leaves it
    (kept / "001" / ANSWERS).write_bytes(b"half")  # damage in an earlier one
    (kept / WALK).unlink()
    assert walked(long, kept) == grown
    card, answered = load_walk(kept)
    assert card["groups"] == ["2026-01", "2026-02", "2026-03"]
    assert answered.after.shape == (3, 3, 2, 30)


KILLED = """
from pathlib import Path
from test_walk import walked
walked(Path("arrived"), Path("killed"))
"""


def test_a_killed_walk_goes_on_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    months = [("2026-01", 1), ("2026-02", 2), ("2026-03", 3)]
    write(Path("rows.csv"), [line for month, seed in months for line in rows(month, seed)])
    described = {"t": table(Path("rows.csv"))}
    arrive("s", Stream(datasets=["t"]), described, root_key(0), Path("arrived"))
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths}
    process = subprocess.Popen([sys.executable, "-c", KILLED], env=environment)
    assert eventually((Path("killed/000") / STEP).exists, 120)
    process.kill()
    process.wait()
    assert not Path("killed", WALK).exists(), "it was done before it was killed"
    first = (Path("killed/000") / STEP).stat().st_mtime_ns
    assert walked(Path("arrived"), Path("killed")) == walked(Path("arrived"), Path("whole"))
    assert (Path("killed/000") / STEP).stat().st_mtime_ns == first, "a step was taken again"


def test_files_that_appear_are_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("data/tables/base.csv"), rows("base", 0))
    incoming = "data/tables/incoming"
    write(Path(incoming, "week2.csv"), rows("w2", 2))
    write(Path(incoming, "week1.csv"), rows("w1", 1))
    stream = Stream(datasets=["t"], by="file", incoming=incoming)
    described = table(Path("data/tables/base.csv")).model_copy(update={"group": None})
    arrive("s", stream, {"t": described}, root_key(0), Path("out"))
    card = read_card(Path("out", CARD))
    assert card["groups"] == ["base", "week1", "week2"]
    for learned, tested in zip(card["learned"], card["tested"], strict=True):
        assert len(learned) == len(tested) == 2
        assert not set(learned) & set(tested)


def test_lists_name_groups_of_ones_own(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    write(source, [*rows("m1", 1), *rows("m2", 2), *rows("m3", 3)])
    lists = {"first": ["m3"], "second": ["m1", "m2"]}
    arrive("s", Stream(datasets=["t"], lists=lists), {"t": table(source)}, root_key(0), tmp_path)
    card = read_card(tmp_path / CARD)
    assert card["groups"] == ["first", "second"]
    assert sorted(card["learned"][0] + card["tested"][0]) == [f"m3-c{c}" for c in range(4)]


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (Stream(datasets=["t"], order=["m9", "m1"]), "order names m9"),
        (Stream(datasets=["t"], order=["m1"]), "two groups or more, got m1"),
        (Stream(datasets=["t"], lists={"a": ["nobody"], "b": ["m1"]}), "names 'nobody'"),
        (Stream(datasets=["t"], held_out=0.9), "needs 2 classes"),
    ],
)
def test_what_makes_no_stream_is_one_line(tmp_path: Path, stream: Stream, told: str) -> None:
    source = tmp_path / "rows.csv"
    write(source, [*rows("m1", 1), *rows("m2", 2)])
    with pytest.raises(DataError, match=told):
        arrive("s", stream, {"t": table(source)}, root_key(0), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_learner_that_would_choose_on_validation_episodes_is_refused() -> None:
    other = Candidate(bandwidth=0.5, classical=ScaleFactors(gamma=0.5))
    learner = section_of(KernelRidge(candidates=[other]), seeds=1)
    walk = Walk("s", "kernel", "quantum", "replay", learner, Replay(rows=2), None)
    nothing = Group("", *[np.zeros((0, 3))] * (len(Group._fields) - 1))
    with pytest.raises(SettingsError, match="candidates are chosen on validation episodes"):
        built(walk, nothing, Shape(2, 1, 2))
