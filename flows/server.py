"""A Prefect server on this machine, for those who have none: schedules need one."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewqubit.errors import PipelineError
from fewqubit.pipeline.process import GuardedProcess, module

START_S = 120.0


@contextmanager
def local_server(port: int = 4200) -> Iterator[str]:
    """The address of a server's API on loopback: the one that listens there, or a new one.

    A new one ends with the block, or with this process, whichever comes first.
    Raises PipelineError if it does not answer in time.
    """
    api = f"http://127.0.0.1:{port}/api"
    if _answers(api):
        yield api
        return
    # the port must come by environment: with --port the pages would call the wrong one
    os.environ |= {"PREFECT_SERVER_API_HOST": "127.0.0.1", "PREFECT_SERVER_API_PORT": str(port)}
    with GuardedProcess(module("prefect", "server", "start"), Path.cwd()) as server:
        _wait_until_ready(server, api)
        yield api


def _wait_until_ready(server: GuardedProcess, api: str) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(api):
        if server.ended or time.monotonic() > deadline:
            raise PipelineError(f"expected a Prefect server at {api}; its output says why not")
        time.sleep(0.2)


def _answers(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
