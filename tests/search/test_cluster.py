"""Trials on a Dask cluster: the same result whoever dies; other data are refused."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from distributed import Client

from fewqubit.errors import ArtifactError, PipelineError
from fewqubit.search.cluster import cluster
from fewqubit.search.run import search
from fewqubit.search.work import Work
from processes import eventually
from search_work import AtOnce, slow

TESTS = Path(__file__).parents[1]
FEW = ["--no-dashboard", "--host", "127.0.0.1"]


class Running:
    """A scheduler on loopback, and workers with folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers = folder, []
        self.scheduler = self._start("dask_scheduler", "--port", "0", cwd=folder)
        line = next(line for line in self.scheduler.stderr if "Scheduler at:" in line)
        self.address = line.split()[-1]

    def add(self, folder: Path) -> None:
        """A worker without a nanny, which would bring a killed one back."""
        words = [self.address, "--no-nanny", "--nthreads", "1", "--local-directory", "dask"]
        self.workers.append(self._start("dask_worker", *words, cwd=folder))

    def _start(self, what: str, *words: str, cwd: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *words, *FEW]
        paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": paths},
            stderr=subprocess.PIPE,
            text=True,
        )

    def joined(self, n: int) -> None:
        """Wait until there are ``n`` workers."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=60)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    try:
        yield started
    finally:
        started.end()


@pytest.fixture
def at_home(work: Work, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A search whose data lie in the working folder, as those of workers do in theirs."""
    monkeypatch.setattr("fewqubit.search.run.measure", slow)
    return work._replace(assignment=work.assignment._replace(prepared=Path("prepared")))


def home(folder: Path, name: str) -> Path:
    """A worker's folder with the data."""
    shutil.copytree(folder / "prepared", folder / name / "prepared")
    return folder / name


def test_a_worker_dies_and_the_result_is_that_of_one_process(
    at_home: Work, running: Running, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        running.add(home(tmp_path, name))
    running.joined(2)
    with cluster(running.address) as (pool, workers):
        assert workers == 2
        with ThreadPoolExecutor(1) as beside:
            searched = beside.submit(search, at_home, pool, workers)
            assert eventually((tmp_path / "one/ran").exists, 60)
            running.workers[0].kill()
            found = searched.result()
    alone = search(
        at_home._replace(assignment=at_home.assignment._replace(arm="twin")), AtOnce(), 1
    )
    assert (found.values, found.best, found.trials) == (alone.values, alone.best, alone.trials)
    shutil.rmtree(tmp_path / "two/prepared")
    with (
        cluster(running.address) as (pool, _),
        pytest.raises(ArtifactError, match=r"a worker's folder lacks prepared.*dvc pull"),
    ):
        pool.submit(slow, at_home.trial({"training.learning_rate": 0.2}), 7, "other").result(30)


def test_no_scheduler_and_no_worker_are_one_line(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PipelineError, match="has no workers; start one with `fewqubit worker"):
        cluster(running.address).__enter__()
    monkeypatch.setattr("fewqubit.search.cluster.SECONDS", 1)
    with pytest.raises(PipelineError, match=r"expected a Dask scheduler at tcp://127.0.0.1:1, got"):
        cluster("tcp://127.0.0.1:1").__enter__()
