"""`mlflow models serve` on the champion answers over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from fewqubit.tasks.first_task import FIRST_TASK
from locked_project import Project
from processes import eventually

START_S = 300


@pytest.fixture(scope="module")
def address(served: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The champion, served in an environment that forbids pickle."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = ["-m", "models:/fewqubit-digits@champion", "--env-manager", "local"]
    listen = ["-h", "127.0.0.1", "-p", str(port)]
    environment = os.environ | {
        "MLFLOW_TRACKING_URI": f"sqlite:///{served.root}/mlflow.db",
        "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "models", "serve", *model, *listen],
        env=environment,
        cwd=tmp_path_factory.mktemp("elsewhere"),  # so that only the model's own code can serve
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        assert eventually(lambda: answers(f"{base}/ping") or server.poll(), START_S)
        yield base
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def post(address: str, frame: pd.DataFrame) -> dict:
    body = json.dumps({"dataframe_split": json.loads(frame.to_json(orient="split"))})
    request = urllib.request.Request(
        f"{address}/invocations", body.encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def test_a_request_with_support_and_queries_is_answered(served: Project, address: str):
    task = pd.read_csv(served.root / "artifacts/prepared/digits" / FIRST_TASK)
    rows = post(address, task)["predictions"]
    classes = set(task["label"].dropna())
    assert len(rows) == task["label"].isna().sum()
    for row in rows:
        assert row["label"] in classes
        assert set(row) == {"label"} | {f"probability_{name}" for name in classes}
        assert sum(row[f"probability_{name}"] for name in classes) == pytest.approx(1, abs=1e-5)


def test_a_request_that_does_not_fit_is_refused_with_the_reason(served: Project, address: str):
    task = pd.read_csv(served.root / "artifacts/prepared/digits" / FIRST_TASK)
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(address, task.drop(columns="width"))
    assert refused.value.code == 400
    assert "width" in refused.value.read().decode()
