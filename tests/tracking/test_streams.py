"""Walks through a stream in a real store: runs with steps and R, a model that answers, the gate."""

import shutil
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from fewqubit.base.keys import root_key
from fewqubit.config import Circuit, Episodes, Table, section_of
from fewqubit.config.gate import Gate
from fewqubit.config.streams import Stream
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.meta.streams.settings import FineTune, Frozen
from fewqubit.models.settings import Mlp
from fewqubit.stages.streams.arrive import arrive
from fewqubit.stages.streams.walk import Walk, walk_and_save
from fewqubit.stages.streams.walked import load_walk
from fewqubit.tracking.address import CHAMPION
from fewqubit.tracking.registered.gate import promote, rollback
from fewqubit.tracking.registered.registry import DISMISSED
from fewqubit.tracking.streams import gate, mirror_streams
from fewqubit.tracking.streams.gate import ask
from locked_project import Project

NAME, STREAM = "fewqubit-stream-months", Path("artifacts/arrived/months")
EPISODES = Episodes(n_way=2, n_shot=1, n_query=2, n_validation=2, n_test=30)
TRAINING = Training(steps=2, tasks_per_step=1)
LEARNER = section_of(ProtoNet(Mlp((4,)), Circuit("angle", n_qubits=2), training=TRAINING), seeds=3)
WAYS = {"frozen": Frozen(), "fine_tune": FineTune()}


def months(root: Path, n: int) -> None:
    """A table of ``n`` months with four classes each."""
    lines = ["label,month,a,b,c"]
    for month in range(n):
        random = np.random.default_rng(month)
        for kind in range(4):
            for _ in range(4):
                row = ",".join(f"{value:.3f}" for value in kind + random.normal(size=3))
                lines.append(f"m{month}-c{kind},2026-0{month + 1},{row}")
    (root / "rows.csv").write_text("\n".join(lines) + "\n")


def walked(project: Project, n: int, *ways: str) -> None:
    """What ``arrive`` and ``walk`` leave for ``n`` months, locked."""
    root = project.root
    months(root, n)
    table = Table(
        source="table", path=str(root / "rows.csv"), label="label", group="month", episodes=EPISODES
    )
    arrive("months", Stream(datasets=["t"]), {"t": table}, root_key(0), root / STREAM)
    for way in ways:
        folder = Path("artifacts/walked/months/protonet/quantum", way)
        walk = Walk("months", "protonet", "quantum", way, LEARNER, WAYS[way], None)
        walk_and_save(walk, root / STREAM, root_key(0), root / folder)
        project.lock(f"walk@months-protonet-quantum-{way}", [], [folder.as_posix()], {"seed": 0})
    run = (
        f"streams: [months]\n  learners: [protonet]\n  arms: [quantum]\n  ways: [{', '.join(ways)}]"
    )
    (root / "params.yaml").write_text(f"run:\n  {run}\n")


@pytest.fixture
def store(project: Project, empty_database: Path) -> MlflowClient:
    shutil.copy(empty_database, project.root / "mlflow.db")
    return MlflowClient(f"sqlite:///{project.root}/mlflow.db")


def test_a_stream_is_mirrored_served_and_its_champion_earned(
    project: Project, store: MlflowClient
) -> None:
    walked(project, 2, "frozen", "fine_tune")
    first = mirror_streams(project.root)
    assert first.logged == ("months/protonet-frozen", "months/protonet-fine_tune")
    assert "the first that is known on these groups" in first.notes[0]
    again = mirror_streams(project.root)
    assert (again.logged, again.known) == ((), 2)

    version = store.get_model_version_by_alias(NAME, CHAMPION)
    run = store.get_run(version.run_id)
    folder = project.root / "artifacts/walked/months/protonet/quantum/frozen"
    mean = load_walk(folder)[1].after.mean((2, 3))
    newest = store.get_metric_history(run.info.run_id, "stream/newest")
    assert {one.step: one.value for one in newest} == pytest.approx({0: mean[0, 0], 1: mean[1, 1]})
    path = store.download_artifacts(run.info.run_id, "R.csv")
    stored = pd.read_csv(path, index_col=0).to_numpy()
    np.testing.assert_allclose(stored, mean, atol=1e-6)

    mlflow.set_tracking_uri(store.tracking_uri)
    model = mlflow.pyfunc.load_model(f"models:/{NAME}@{CHAMPION}")
    example = model.input_example
    answered = model.predict(pd.DataFrame(example))
    assert len(answered) == example["label"].isna().sum()

    walked(project, 3, "frozen", "fine_tune")  # a month arrives; the champion has answered it too
    third = mirror_streams(project.root)
    assert len(third.logged) == 2
    decided = [line for line in third.notes if "against protonet-frozen (version 1)" in line]
    assert decided, third.notes
    files = store.list_artifacts(_run_of(store, "3"), "gate")
    assert [file.path for file in files] == ["gate/against-version-1.json"]

    # by hand: the walk before is compared on the groups of the later one, and may be gone past
    store.set_registered_model_alias(NAME, CHAMPION, "3")
    line = promoted(store, "2")
    assert "protonet-fine_tune (version 2) is" in line
    assert "against protonet-frozen (version 3)" in line
    assert "by hand" in promoted(store, "2", anyway=True)
    assert "version 3 is champion again" in rollback(store, NAME)
    assert store.get_model_version(NAME, "2").tags[DISMISSED] == "for version 3"


def test_a_mirror_killed_at_the_gate_asks_again(
    project: Project, store: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked(project, 2, "frozen")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(gate, "challenge_all", killed)
        with pytest.raises(KeyboardInterrupt):
            mirror_streams(project.root)
    assert mirror_streams(project.root).logged == ("months/protonet-frozen",)
    [version] = store.search_model_versions(f"name = '{NAME}'")
    assert store.get_model_version_by_alias(NAME, CHAMPION).version == version.version


def promoted(store: MlflowClient, version: str, anyway: bool = False) -> str:
    return promote(store, NAME, version, Gate(), anyway, ask)


def _run_of(store: MlflowClient, version: str) -> str:
    return str(store.get_model_version(NAME, version).run_id)
