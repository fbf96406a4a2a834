"""Which Prefect server is served from, and what is said where there is none."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from fewqubit.errors import PipelineError
from flows import server

TOP = Path(__file__).parents[2]


@contextmanager
def health(code: int, body: bytes) -> Iterator[int]:
    """The port of a server that gives one answer to every question."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output is for the test."""

    answering = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=answering.serve_forever, daemon=True).start()
    yield answering.server_port
    answering.shutdown()
    answering.server_close()


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (server.ADDRESS, server.PORT):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setattr(server, "ANSWER_S", 0.3)


def name(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(server.ADDRESS, api)


def test_a_named_server_is_used_if_it_is_prefects(monkeypatch: pytest.MonkeyPatch):
    for code, body in ((200, b"true"), (401, b""), (403, b"")):
        with health(code, body) as port:
            name(f"http://me:S3CRET@127.0.0.1:{port}/api", monkeypatch)
            assert server.named_server() == f"http://me:S3CRET@127.0.0.1:{port}/api"


@pytest.mark.parametrize(
    ("code", "body"), [(200, b"<html>"), (200, b'"OK"'), (404, b""), (500, b"")]
)
def test_another_server_is_one_line(monkeypatch: pytest.MonkeyPatch, code: int, body: bytes):
    with health(code, body) as port:
        name(f"http://me:S3CRET@127.0.0.1:{port}/api", monkeypatch)
        with pytest.raises(PipelineError, match=r"expected a Prefect server at http://\*\*\*@"):
            server.named_server()
        monkeypatch.delenv(server.ADDRESS)
        with (
            pytest.raises(PipelineError, match=rf"port {port} .*API_PORT=\d+ make serve"),
            server.local_server(port),
        ):
            raise AssertionError("nothing to serve from")


def test_a_server_that_is_down_or_mute_is_one_line(monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        for port in (9, mute.getsockname()[1]):
            name(f"http://me:S3CRET@127.0.0.1:{port}/api", monkeypatch)
            with pytest.raises(PipelineError, match="expected a Prefect server") as caught:
                server.named_server()
            assert "S3CRET" not in str(caught.value)


def test_the_profile_names_a_server_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with health(200, b"true") as port:
        api = f"http://127.0.0.1:{port}/api"
        profile = f'active = "mine"\n[profiles.mine]\n{server.ADDRESS} = "{api}"\n'
        (tmp_path / "profiles.toml").write_text(profile)
        assert server.named_server() == api


@pytest.mark.parametrize("port", ["x", "0", "70000", "-1", "4200.5"])
def test_a_port_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch, port: str):
    monkeypatch.setenv(server.PORT, port)
    with pytest.raises(PipelineError, match="expected a port"), server.local_server():
        raise AssertionError("nothing to serve from")


def test_the_command_ends_with_the_line_and_code_2(monkeypatch: pytest.MonkeyPatch):
    name("http://me:S3CRET@127.0.0.1:9/api", monkeypatch)
    command = [sys.executable, "-m", "flows.serve"]
    ended = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("PipelineError: expected a Prefect server at http://***@")
    assert len(ended.stderr.splitlines()) == 1
