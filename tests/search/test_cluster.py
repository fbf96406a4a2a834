"""Trials on a Dask cluster: the same result whoever dies; other data are refused."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dask_cluster import DaskCluster
from fewqubit.base.workers.cluster import cluster
from fewqubit.errors import ArtifactError
from fewqubit.search.cluster import OnWorkers
from fewqubit.search.run import search
from fewqubit.search.work import Work
from processes import eventually
from search_work import AtOnce, slow


@pytest.fixture
def running(tmp_path: Path) -> Iterator[DaskCluster]:
    started = DaskCluster(tmp_path)
    try:
        yield started
    finally:
        started.end()


@pytest.fixture
def at_home(work: Work, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A search whose data lie in the working folder, as those of workers do in theirs."""
    monkeypatch.setattr("fewqubit.search.run.measure", slow)
    return work._replace(job=work.job._replace(prepared=Path("prepared")))


def home(folder: Path, name: str) -> Path:
    """A worker's folder with the data."""
    shutil.copytree(folder / "prepared", folder / name / "prepared")
    return folder / name


def test_a_worker_dies_and_the_result_is_that_of_one_process(
    at_home: Work, running: DaskCluster, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        running.add(home(tmp_path, name))
    running.joined(2)
    with cluster(running.address, "search.cluster") as there:
        assert there.workers == 2
        with ThreadPoolExecutor(1) as pool:
            searched = pool.submit(search, at_home, OnWorkers(there.pool), 2)
            assert eventually((tmp_path / "one/ran").exists, 60)
            running.workers[0].kill()
            found = searched.result()
    alone = search(at_home._replace(job=at_home.job._replace(arm="twin")), AtOnce(), 1)
    assert (found.values, found.best, found.trials) == (alone.values, alone.best, alone.trials)
    shutil.rmtree(tmp_path / "two/prepared")
    with cluster(running.address, "search.cluster") as there:
        trial = at_home.trial({"training.learning_rate": 0.2})
        answer = OnWorkers(there.pool).submit(slow, trial, 7, "other")
        with pytest.raises(ArtifactError, match=r"a worker's folder lacks prepared.*dvc pull"):
            answer.result(30)
