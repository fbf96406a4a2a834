"""Folders in which commands run, servers on loopback beside them, and a page of what was found."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from benchmarks.copies import environment_of

from fewqubit.pipeline.ports import free_port
from fewqubit.pipeline.process import module

WAIT_S = 300  # for a server, on a machine with other work
COMMAND = "import sys; from fewqubit.cli import app; sys.argv[0] = 'fewqubit'; app()"
FROM = {"dask": 8790, "mlflow": 5050, "prefect": 4250}  # the first port that is tried
ADDRESS = {
    "dask": "tcp://127.0.0.1:{}",
    "mlflow": "http://127.0.0.1:{}",
    "prefect": "http://127.0.0.1:{}/api",
}
STORES = ("--backend-store-uri", "sqlite:///m.db", "--artifacts-destination", "store")
SERVERS = {
    "dask": ("distributed.cli.dask_scheduler", "--no-dashboard"),
    "mlflow": ("mlflow", "server", "--workers", "1", *STORES),
    "prefect": ("prefect", "server", "start"),  # by environment: its pages call what is set there
}
ME = ("-c", "user.name=me", "-c", "user.email=me@here")


class Row(NamedTuple):
    """A line of the page."""

    where: str
    what: str
    seconds: float
    found: str


class Machine:
    """A folder with the project in which commands run, in an environment of its own."""

    def __init__(self, name: str, place: Path, rows: list[Row]) -> None:
        self.name, self.place, self._rows = name, place, rows
        self.environment = environment_of(place) | {"GIT_CONFIG_NOSYSTEM": "1"}

    def run(self, *command: str) -> str:
        """What ``command`` writes. Raises SystemExit: it fails."""
        at = {"cwd": self.place, "env": self.environment}
        done = subprocess.run(command, **at, capture_output=True, text=True, check=False)
        if done.returncode:
            output = (done.stdout + done.stderr)[-3000:]
            raise SystemExit(f"{self.name}: {' '.join(command)} failed:\n{output}")
        return done.stdout

    def fewqubit(self, *words: str) -> str:
        return self.run(sys.executable, "-c", COMMAND, *words)

    def dvc(self, *words: str) -> str:
        return self.run(*module("dvc", *words))

    def commit(self, why: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", *ME, "commit", "-q", "-m", why)

    @contextmanager
    def row(self, what: str) -> Iterator[list[str]]:
        """Write a row of the page: what was done, how long it took, and what is put in the list."""
        began, found = time.monotonic(), list[str]()
        yield found
        row = Row(self.name, what, time.monotonic() - began, "; ".join(found))
        self._rows.append(row)
        print(line(row), end="", flush=True)


def serve(servers: ExitStack, top: Path, names: Sequence[str]) -> dict[str, str]:
    """Start servers in folders of their own; they end with ``servers``. Where each listens."""
    ports = {name: free_port(FROM[name]) for name in names}
    own = os.environ | {"PREFECT_HOME": str(top / "prefect"), "DO_NOT_TRACK": "true"}
    own |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # it would start five processes
    for name, port in ports.items():
        (top / name).mkdir()
        at = {"PREFECT_SERVER_API_HOST": "127.0.0.1", "PREFECT_SERVER_API_PORT": str(port)}
        listen = [] if name == "prefect" else ["--host", "127.0.0.1", "--port", str(port)]
        start(servers, [*module(*SERVERS[name]), *listen], top / name, own | at)
    return {name: ADDRESS[name].format(port) for name, port in ports.items()}


def wait_for(*addresses: str) -> None:
    """Raises SystemExit: a server does not come up."""
    for address in addresses:
        until(lambda address=address: answers(address), f"the server at {address}")


def start(servers: ExitStack, command: list[str], place: Path, own: dict[str, str]) -> None:
    """``command`` in the background, its output in a file; whatever it began ends with it."""
    log = servers.enter_context((place / ".log").open("ab"))
    process = subprocess.Popen(command, cwd=place, env=own, stdout=log, stderr=log)
    servers.callback(end, process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End ``process`` and all that it began."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=10)
        for one in alive:
            one.kill()
    process.wait()


def answers(address: str) -> bool:
    """Whether a server says there that it is well."""
    try:
        with urlopen(f"{address}/health"):
            return True
    except (URLError, OSError):
        return False


def until(holds: Callable[[], bool], what: str, wait_s: int = WAIT_S) -> None:
    """Ask each second. Raises SystemExit: it does not hold in time."""
    for _ in range(wait_s):
        if holds():
            return
        time.sleep(1)
    raise SystemExit(f"waited {wait_s} s in vain for {what}")


def must(holds: bool, message: str) -> None:
    """Raises SystemExit: it does not hold."""
    if not holds:
        raise SystemExit(message)


def line(row: Row) -> str:
    """As the page has it."""
    return f"| {row.where} | {row.what} | {row.seconds:.0f} | {row.found} |\n"
