"""MLflow on PostgreSQL, by the usual environment variable: a real server, started for the test."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from mlflow import MlflowClient

from fewqubit.pipeline.ports import free_port
from fewqubit.tracking import mirror
from locked_project import Project
from processes import eventually

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
pytestmark = [
    pytest.mark.skipif(not FOUND, reason="no PostgreSQL: apt-get install postgresql"),
    pytest.mark.skipif(not find_spec("psycopg2"), reason="no driver: pip install psycopg2-binary"),
]


@pytest.fixture
def address() -> Iterator[str]:
    """A server of this test's own, on loopback, with an empty database."""
    user = "nobody" if os.geteuid() == 0 else None  # it refuses to be root
    place, port = Path(tempfile.mkdtemp(prefix="fewqubit-postgres-")), free_port(5440)
    if user:
        shutil.chown(place, user)
    trusted = ["--auth", "trust", "--username", "fewqubit", "--no-sync"]
    initdb = [FOUND[-1] / "initdb", "--pgdata", place / "data", *trusted]
    subprocess.run(initdb, user=user, cwd=place, check=True, stdout=subprocess.DEVNULL)
    listens = ["-h", "127.0.0.1", "-p", str(port), "-k", place, "-F"]
    with (place / "log").open("wb") as log:
        server = subprocess.Popen(
            [FOUND[-1] / "postgres", "-D", place / "data", *listens],
            user=user,
            cwd=place,
            stdout=log,
            stderr=log,
        )
    create = [
        FOUND[-1] / "createdb",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-U",
        "fewqubit",
        "mlflow",
    ]
    try:
        assert eventually(lambda: not subprocess.run(create, check=False).returncode, 30)
        yield f"postgresql://fewqubit@127.0.0.1:{port}/mlflow"
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for no client
        server.wait(20)
        shutil.rmtree(place)


def test_results_are_mirrored_into_postgresql_and_known_there(
    project: Project, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewqubit.tracking.write._log_learner", lambda *_: None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    project.learner()
    project.baseline()
    first = mirror(project.root)
    assert sorted(first.logged) == ["digits/protonet", "digits/svm"]
    assert "fewqubit@" not in first.uri
    again = mirror(project.root)
    assert (again.logged, again.known) == ((), 2)
    store = MlflowClient(address)
    experiment = store.get_experiment_by_name("fewqubit-digits")
    found = {run.info.run_name: run for run in store.search_runs([experiment.experiment_id])}
    assert found["protonet"].data.metrics["eval/accuracy"] == pytest.approx(0.6)
    assert not (project.root / "mlflow.db").exists()
    assert experiment.artifact_location.startswith(project.root.as_uri())
