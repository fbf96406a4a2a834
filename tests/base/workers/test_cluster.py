"""Reaching a cluster: what is missing is one line."""

from pathlib import Path

import pytest

from dask_cluster import DaskCluster
from fewqubit.base.workers.cluster import cluster
from fewqubit.errors import PipelineError


def test_no_scheduler_and_no_worker_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = DaskCluster(tmp_path)
    try:
        with pytest.raises(PipelineError, match="has no workers; start one with `fewqubit worker"):
            cluster(running.address, "search.cluster").__enter__()
    finally:
        running.end()
    monkeypatch.setattr("fewqubit.base.workers.cluster.SECONDS", 1)
    with pytest.raises(PipelineError, match=r"search\.cluster: expected a Dask scheduler at tcp:"):
        cluster("tcp://127.0.0.1:1", "search.cluster").__enter__()
