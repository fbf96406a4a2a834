"""A tracking server that is down, mute or slow is said within seconds, without its password."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from fewqubit.tracking import mirror, reach
from fewqubit.tracking.links import comparison_links
from locked_project import Project


class Junk(BaseHTTPRequestHandler):
    """A page that asks for a login, whatever the question."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>please log in</html>" * 1000)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing: the test's output is for the test."""


@contextmanager
def silent(drip: bytes = b"") -> Iterator[int]:
    """The port of a server that takes every connection and says nothing, or a byte now and then."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                    while drip:
                        taken[-1].send(drip)
                        time.sleep(0.05)
                except OSError:
                    return

        Thread(target=take, daemon=True).start()
        yield int(server.getsockname()[1])
        for connection in taken:
            connection.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "PATIENCE_S", 0.5)


def fails(project: Project, uri: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The line that mirroring to ``uri`` ends with, soon."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    project.baseline()
    began = time.monotonic()
    for ask in (mirror, comparison_links):
        with pytest.raises(reach.UnreachableError) as caught:
            ask(project.root)
    assert time.monotonic() - began < 5
    assert "\n" not in str(caught.value)
    assert "S3CRET" not in str(caught.value)
    assert "results are kept" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https", "postgresql", "mysql+pymysql"])
def test_nobody_listens(project: Project, monkeypatch: pytest.MonkeyPatch, scheme: str):
    uri = f"{scheme}://me:S3CRET@127.0.0.1:9"
    assert "refused" in fails(project, uri, monkeypatch)


@pytest.mark.parametrize("drip", [b"", b"H"])
def test_it_takes_the_connection_and_says_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, drip: bytes
):
    with silent(drip) as port:
        line = fails(project, f"http://me:S3CRET@127.0.0.1:{port}", monkeypatch)
    assert "no word in" in line or "timed out" in line


@pytest.mark.parametrize("uri", ["http://", "http://:0", "http://a b:x", "http://[::1:5"])
def test_no_address_at_all(project: Project, monkeypatch: pytest.MonkeyPatch, uri: str):
    assert "check MLFLOW_TRACKING_URI" in fails(project, uri, monkeypatch)


def test_it_is_not_mlflow(project: Project, monkeypatch: pytest.MonkeyPatch):
    server = HTTPServer(("127.0.0.1", 0), Junk)
    Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://me:S3CRET@127.0.0.1:{server.server_port}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    project.baseline()
    try:
        with pytest.raises(reach.PipelineError, match=r"MLflow at http://\*\*\*@") as caught:
            mirror(project.root)
    finally:
        server.shutdown()
    assert "S3CRET" not in str(caught.value)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)
