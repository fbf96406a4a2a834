"""Evaluation on other processes: the same bytes wherever, and whoever dies."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from distributed import Client

import fewqubit.stages.process  # noqa: F401 - this process compiles as a stage's does
from dask_cluster import DaskCluster
from fewqubit.base.io.files import sha256
from fewqubit.base.keys import root_key
from fewqubit.config import Circuit, Device, Episodes, Evaluation, Table, section_of
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.answering.subject import pieces_of
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.tasks import Episode
from processes import eventually
from trained_project import table

PREPARED, PLACE = Path("prepared"), Path("digits/protonet/quantum")
EPISODES = Episodes(n_way=2, n_shot=1, n_query=2, n_validation=5, n_test=130)
DEVICES = {"few": Device(backend="shots", shots=10), "many": Device(backend="shots", shots=1000)}
READING = Evaluation(resamples=50, devices=DEVICES, device_episodes=12)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A learner, its data, and what one process finds of it."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("table.csv").write_text(table())
        settings = Table(source="table", path="table.csv", label="kind", episodes=EPISODES)
        prepare("digits", settings, root_key(0), PREPARED)
        circuit = Circuit("angle", n_qubits=2)
        learner = section_of(ProtoNet(Mlp((4,)), circuit, training=Training(steps=1)), seeds=2)
        work = TrainingJob("digits", "protonet", "quantum", learner, EPISODES, PREPARED)
        train_and_save(work, root_key(0), "trained" / PLACE)
        evaluated("alone")
        yield folder


def evaluated(name: str, **where: str | int) -> dict[str, str]:
    """The checksums of an evaluation that is spread as ``where`` says."""
    folder, reading = name / PLACE, READING.model_copy(update=where)
    evaluate_and_save("trained" / PLACE, PREPARED, reading, root_key(0), folder)
    return checksums(name)


def checksums(name: str) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted((name / PLACE).iterdir())}


def test_two_processes_write_the_bytes_of_one(project: Path) -> None:
    assert evaluated("two", workers=2) == checksums("alone")


def test_a_worker_dies_and_the_bytes_are_the_same(project: Path) -> None:
    running = DaskCluster(project)
    try:
        for name in ("one", "other"):
            shutil.copytree(project / PREPARED, project / name / PREPARED)
            running.add(project / name)
        running.joined(2)
        with ThreadPoolExecutor(1) as pool, Client(running.address, set_as_default=False) as eye:
            numbers = eye.run(os.getpid)
            spread = pool.submit(evaluated, "cluster", cluster=running.address)
            assert eventually(lambda: any(eye.processing().values()), 60)
            busy = next(address for address, tasks in eye.processing().items() if tasks)
            next(one for one in running.workers if one.pid == numbers[busy]).kill()
            assert spread.result() == checksums("alone")
        for name in ("one", "other"):
            (project / name / PREPARED / "examples.npz").write_bytes(b"of another day")
        with pytest.raises(ArtifactError, match=r"examples\.npz in a worker's folder is not the"):
            evaluated("refused", cluster=running.address, resamples=51)  # nothing known is asked
    finally:
        running.end()


@pytest.mark.parametrize(
    ("n", "lengths"), [(1, [1]), (100, [100]), (101, [60, 60]), (600, [100] * 6)]
)
def test_pieces_are_of_one_length_and_miss_no_episode(n: int, lengths: list[int]) -> None:
    manifest = Episode(*(np.arange(3 * n).reshape(n, 3) for _ in Episode._fields))
    pieces = pieces_of(manifest, 100, 20)
    numbers = np.concatenate([piece.numbers for piece in pieces])
    assert [len(piece.numbers) for piece in pieces] == lengths
    assert sorted({*numbers.tolist()}) == list(range(n))
    rows = np.concatenate([piece.rows.class_ids for piece in pieces])
    np.testing.assert_array_equal(rows, manifest.class_ids[numbers])
