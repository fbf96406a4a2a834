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
    return send(address, body.encode(), "application/json")


def send(address: str, body: bytes, kind: str) -> dict:
    request = urllib.request.Request(f"{address}/invocations", body, {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def refused(address: str, body: bytes, kind: str = "text/csv") -> str:
    """The words of a refusal, which name no file of the server."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        send(address, body, kind)
    assert caught.value.code == 400
    answer = json.load(caught.value)
    assert "stack_trace" not in answer
    assert ".py" not in str(answer)
    assert "unexpected error" not in str(answer)
    return answer["message"]


SUPPORT = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]


def csv(labels: list[str], queries: int = 1) -> bytes:
    lines = [f"{w},{h},{label}" for (w, h), label in zip(SUPPORT, labels, strict=False)]
    return "\n".join(["width,length,label", *lines, *["1.0,0.1,"] * queries, ""]).encode()


def classes(answer: dict) -> list[list[str]]:
    return [
        [name.removeprefix("probability_") for name in row if name != "label"]
        for row in answer["predictions"]
    ]


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


@pytest.mark.parametrize(
    "labels", [["NA", "b", "c"], ["007", "8", "c"], ["nan", "null", "None"], ["1", "2", "3"]]
)
def test_labels_in_csv_come_back_as_they_came(address: str, labels: list[str]):
    assert classes(send(address, csv(labels, queries=2), "text/csv")) == [sorted(labels)] * 2
    with_mark = b"\xef\xbb\xbf" + csv(labels)
    assert classes(send(address, with_mark, "text/csv")) == [sorted(labels)]


@pytest.mark.parametrize("labels", [[1, 2, 3], ["NA", "b", "007"], [True, False, "x"]])
def test_labels_in_json_come_back_as_they_came(address: str, labels: list):
    rows = [
        {"width": w, "length": h, "label": label, "task": 1}
        for (w, h), label in zip(SUPPORT, labels, strict=True)
    ]
    body = {"dataframe_records": [*rows, {"width": 1.0, "length": 0.1, "task": 1}]}
    answer = send(address, json.dumps(body).encode(), "application/json")
    assert classes(answer) == [sorted(map(str, labels))]


def test_an_empty_or_blank_label_is_a_question(address: str):
    assert len(classes(send(address, csv(["a", "b", "  "], queries=2), "text/csv"))) == 3


def test_what_is_wrong_with_a_request_is_said_without_the_servers_paths(address: str):
    assert "got 3 with and 0 without" in refused(address, csv(["a", "b", "c"], queries=0))
    assert "two classes or more" in refused(address, csv(["a", "a", "a"]))
    assert "one class spelled in two ways" in refused(address, csv(["a", "A", "b"]))
    assert "has no value" in refused(address, csv(["a", "b", "c"]).replace(b"1.0,0.1", b",0.1"))
    assert "could not convert" in refused(address, csv(["a", "b", "c"]).replace(b"0.1", b"x"))
    assert "CSV" in refused(address, b'width,length,label\n"1,2,3')
    refused(address, b"not parquet", "application/vnd.apache.parquet")
    refused(address, b"{", "application/json")
    refused(address, b'{"dataframe_records": [{"width": [1], "length": 1}]}', "application/json")
