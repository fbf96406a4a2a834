"""Whether a tracking server answers: checked first, within seconds, since MLflow retries for
minutes.

MLflow and its database drivers try again and again, in silence. What waits for them here is one
small question, without the login: any answer will do.
"""

import socket
import ssl
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from fewqubit.errors import PipelineError
from fewqubit.tracking.address import SETTING, shown, sqlite_file, tracking_uri, without_login

PATIENCE_S = 5.0
PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}


class UnreachableError(PipelineError):
    """The tracking server does not answer; what was to be mirrored is kept."""


def reach(uri: str) -> None:
    """Return if whatever is behind ``uri`` answers, or is no server.

    Raises UnreachableError within ``PATIENCE_S`` seconds otherwise.
    """
    scheme = uri.partition("://")[0].partition("+")[0]
    if sqlite_file(uri) is not None or scheme not in {"http", "https", *PORTS}:
        return
    ask = _greet if scheme.startswith("http") else _call
    reason = _within(lambda: ask(without_login(uri), scheme))
    if reason:
        raise UnreachableError(
            f"MLflow at {shown(uri)} does not answer ({reason}); results are kept and the next "
            f"`fewqubit run` or `fewqubit track` mirrors them; start the server or check {SETTING}"
        )


def answers(root: Path, say: Callable[[str], object]) -> bool:
    """Whether the server that keeps the runs answers, if there is one; said before any work."""
    try:
        reach(tracking_uri(root))
    except UnreachableError as error:
        say(str(error))
        return False
    return True


def _within(ask: Callable[[], str]) -> str:
    """The fault that ``ask`` finds; a server that only trickles bytes counts as silent."""
    found: SimpleQueue[str] = SimpleQueue()
    Thread(target=lambda: found.put(ask()), daemon=True).start()
    try:
        return found.get(timeout=PATIENCE_S)
    except Empty:
        return f"no word in {PATIENCE_S:.0f} s"


def _greet(address: str, _: str) -> str:
    """Any HTTP answer will do, an error as well."""
    trust = ssl._create_unverified_context()  # no secret is sent; MLflow checks who it is
    try:
        with urlopen(f"{address.rstrip('/')}/health", timeout=PATIENCE_S, context=trust):
            return ""
    except HTTPError:
        return ""
    except URLError as error:
        return str(error.reason)
    except (OSError, ValueError, HTTPException) as error:
        return str(error) or type(error).__name__


def _call(address: str, scheme: str) -> str:
    """A database's port: only whether somebody listens."""
    try:
        place = urlsplit(address)
        host, port = place.hostname or "localhost", place.port or PORTS[scheme]
        with socket.create_connection((host, port), timeout=PATIENCE_S):
            return ""
    except (OSError, ValueError) as error:
        return str(error)
