"""The Prefect server to serve from: the one that Prefect's settings name, or one of our own."""

import json
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from fewqubit.errors import PipelineError
from fewqubit.pipeline.ports import check_free
from fewqubit.pipeline.process import GuardedProcess, module
from fewqubit.tracking.address import shown, without_login

START_S, ANSWER_S = 120.0, 5.0
ADDRESS, PORT = "PREFECT_API_URL", "PREFECT_SERVER_API_PORT"
_ASK = f"from prefect.settings import {ADDRESS}; print({ADDRESS}.value() or '')"
LOCKED = (401, 403)  # a server that wants a key, which Prefect's client has


def named_server() -> str | None:
    """What Prefect calls PREFECT_API_URL: from the environment, the profile or a settings file.

    Raises PipelineError if there is no Prefect server, or Prefect cannot read its settings.
    """
    api = os.environ.get(ADDRESS)
    if not api:
        asked = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True)
        if asked.returncode:
            raise PipelineError(f"Prefect cannot read its settings: {_reason(asked.stderr)}")
        api = asked.stdout.strip()
    fault = _fault(api) if api else None
    if fault:
        raise PipelineError(
            f"expected a Prefect server at {shown(api)}, but: {fault}; start it or name another by "
            f"{ADDRESS} (environment or `prefect config view`); unset, one is started here"
        )
    return api or None


@contextmanager
def local_server(port: int | None = None) -> Iterator[str]:
    """The address of a server's API on loopback: the one that listens there, or a new one.

    A new one ends with the block, or with this process, whichever comes first. Raises PipelineError
    if something else has the port, or the server does not answer in time.
    """
    port = port or server_port()
    api = f"http://127.0.0.1:{port}/api"
    if _fault(api) is None:
        yield api
        return
    check_free(port, f"{PORT}={{}} make serve")
    # by environment: with --port, or with another address in the profile, the pages would call it
    os.environ |= {"PREFECT_SERVER_API_HOST": "127.0.0.1", PORT: str(port), ADDRESS: api}
    with GuardedProcess(module("prefect", "server", "start"), Path.cwd()) as server:
        _wait_until_ready(server, api)
        yield api


def server_port() -> int:
    """The port of a server of our own. Raises PipelineError if the environment names none."""
    text = os.environ.get(PORT) or "4200"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PipelineError(f"{PORT}: expected a port from 1 to 65535, got '{text}'")
    return int(text)


def _wait_until_ready(server: GuardedProcess, api: str) -> None:
    deadline = time.monotonic() + START_S
    while _fault(api):
        if server.ended or time.monotonic() > deadline:
            raise PipelineError(f"expected a Prefect server at {api}; its output says why not")
        time.sleep(0.2)


def _fault(api: str) -> str | None:
    """Why there is no Prefect server at ``api``; None if there is. The login is not sent."""
    trust = ssl._create_unverified_context()  # Prefect checks who it is
    question = f"{without_login(api).rstrip('/')}/health"
    try:
        with urlopen(question, timeout=ANSWER_S, context=trust) as answer:
            return None if json.loads(answer.read(100)) is True else "it is another program's"
    except HTTPError as error:
        return None if error.code in LOCKED else f"it answers {error.code}"
    except URLError as error:
        return str(error.reason)
    except (OSError, ValueError, HTTPException) as error:
        return f"no answer of Prefect ({type(error).__name__})"


def _reason(trace: str) -> str:
    """What a traceback ends with: the error, and what it says of itself."""
    *_, reason = re.split(r"^(?=[\w.]*(?:Error|Exception)\b)", trace, flags=re.MULTILINE)
    return " ".join(reason.partition("For further information")[0].split())
