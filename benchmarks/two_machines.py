"""Two machines on one: a DVC remote, a Dask cluster, MLflow's and Prefect's servers, on loopback.

Run as ``python -m benchmarks.two_machines`` (minutes); writes docs/measured/two_machines.md. Two
folders share nothing but addresses. The first, a copy of this project with a small recipe, prepares
the data, commits and pushes; the second is cloned from it, pulls, and lends two workers. The first
then runs the experiment as a Prefect flow whose evaluations those workers compute; one of them is
killed with work in its hands. Afterwards the second pulls the results, and must find all of them up
to date, and the same bytes when it computes the evaluations again by itself.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from benchmarks.copies import TOP, checksums, copy_to, environment_of
from distributed import Client

from fewqubit.base.io.files import write_text
from fewqubit.pipeline.overrides import as_yaml, layered
from fewqubit.pipeline.ports import free_port
from fewqubit.pipeline.process import module

REPORT = TOP / "docs/measured/two_machines.md"
ARMS = ("quantum", "twin")
SMALL = [  # what travels matters here, not what is learned
    "run.learners=[protonet]",
    f"run.arms=[{', '.join(ARMS)}]",
    "run.baselines=[prototype]",
    "evaluation.devices={noisy: {backend: 'noisy:fake_manila', shots: 128}}",
    "evaluation.device_learners=null",
    "evaluation.device_episodes=30",
]
FLOW = "from flows.experiment import experiment; experiment(overrides=['evaluation.cluster={}'], "
FLOW += "workers=1, retries=0)"
ASK_PREFECT = """
import json
from prefect import get_client
with get_client(sync_client=True) as client:
    states = [run.state_type.value for run in (*client.read_flow_runs(), *client.read_task_runs())]
print(json.dumps(states))
"""
ASK_MLFLOW = """
import json
from mlflow import MlflowClient
client = MlflowClient()
every = [one.experiment_id for one in client.search_experiments()]
print(json.dumps([run.info.status for run in client.search_runs(every)]))
"""
WAIT_S = 300  # for a server, on a machine with other work
COMMAND = "import sys; from fewqubit.cli import app; sys.argv[0] = 'fewqubit'; app()"
ME = ("-c", "user.name=me", "-c", "user.email=me@here")
HEADER = """# Two machines on one

Made by `python -m benchmarks.two_machines` at commit {commit}: two folders on one machine that
share nothing but a DVC remote and addresses on loopback: a Dask scheduler, an MLflow server, a
Prefect server. `digits`, `protonet` in the arms {arms}, 2 seeds, 60 test episodes, 30 of them
under the noise of `fake_manila`; {cores} cores, load average before it began: {load:.1f}.

| where | what | seconds | found |
|---|---|---:|---|
"""


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
            told = (done.stdout + done.stderr)[-3000:]
            raise SystemExit(f"{self.name}: {' '.join(command)} failed:\n{told}")
        return done.stdout

    def fewqubit(self, *words: str) -> str:
        return self.run(sys.executable, "-c", COMMAND, *words)

    def dvc(self, *words: str) -> str:
        return self.run(*module("dvc", *words))

    def commit(self, why: str) -> None:
        self.run("git", "add", "-A")
        self.run("git", *ME, "commit", "-q", "-m", why)

    @contextmanager
    def told(self, what: str) -> Iterator[list[str]]:
        """Write a row of the page: what was done, how long it took, and what is put in the list."""
        began, found = time.monotonic(), list[str]()
        yield found
        row = Row(self.name, what, time.monotonic() - began, "; ".join(found))
        self._rows.append(row)
        print(_line(row), end="", flush=True)


def main() -> None:
    """Everything, in order; stops at the first thing that is not as it should be."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    load, rows = os.getloadavg()[0], list[Row]()
    with TemporaryDirectory() as folder, ExitStack() as servers:
        top = Path(folder)
        first = Machine("first", _first(top), rows)
        _prepared(first, top / "remote")
        second = Machine("second", top / "second", rows)
        _cloned(first, second)
        addresses = _serve(servers, top)
        _trained(first, second, addresses, servers)
        _asked(first)
        _pulled(first, second)
    told = {"arms": " and ".join(ARMS), "cores": os.cpu_count(), "load": load}
    commit = subprocess.run(["git", "rev-parse", "--short=9", "HEAD"], cwd=TOP, capture_output=True)
    page = HEADER.format(commit=commit.stdout.decode().strip(), **told)
    write_text(REPORT, page + "".join(map(_line, rows)))


def _first(top: Path) -> Path:
    """A project of its own: the settings are in its params.yaml, and nothing was computed yet."""
    place = copy_to(top / "first")
    (place / "dvc.lock").unlink()
    write_text(place / "params.yaml", as_yaml(layered(place, SMALL, "smoke")))
    return place


def _prepared(first: Machine, remote: Path) -> None:
    with first.told("`fewqubit run prepare`, commit, `dvc push`") as found:
        first.run("git", "init", "-q", "-b", "main")
        first.dvc("remote", "add", "--default", "store", str(remote))
        first.fewqubit("run", "prepare")
        first.commit("prepared")
        first.dvc("push", "-q")
        found.append(f"{sum(path.is_file() for path in remote.rglob('*'))} files in the remote")


def _cloned(first: Machine, second: Machine) -> None:
    first.run("git", "clone", "-q", str(first.place), str(second.place))
    with second.told("cloned, `dvc pull` of what is prepared") as found:
        second.dvc("pull", "-q", *_stages(second))
        found.append(f"{_same(first, second)} files, the same bytes")


def _stages(machine: Machine) -> list[str]:
    """The stages that dvc.lock knows: what is not made yet cannot be pulled."""
    from ruamel.yaml import YAML

    known = YAML(typ="safe").load(machine.place / "dvc.lock")["stages"]
    return [*known]


def _serve(servers: ExitStack, top: Path) -> dict[str, str]:
    """Start the scheduler and both servers, in folders of their own; they end with ``servers``."""
    dask, mlflow, prefect = (free_port(port) for port in (8790, 5050, 4250))
    stores = ["--backend-store-uri", "sqlite:///m.db", "--artifacts-destination", "store"]
    commands = {
        "dask": module("distributed.cli.dask_scheduler", "--no-dashboard", *_listen(dask)),
        "mlflow": module("mlflow", "server", "--workers", "1", *stores, *_listen(mlflow)),
        "prefect": module("prefect", "server", "start", *_listen(prefect)),
    }
    own = os.environ | {"PREFECT_HOME": str(top / "prefect"), "DO_NOT_TRACK": "true"}
    own |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # it would start five processes
    for name, command in commands.items():
        (top / name).mkdir()
        _start(servers, command, top / name, own)
    return {
        "dask": f"tcp://127.0.0.1:{dask}",
        "mlflow": f"http://127.0.0.1:{mlflow}",
        "prefect": f"http://127.0.0.1:{prefect}/api",
    }


def _listen(port: int) -> list[str]:
    return ["--host", "127.0.0.1", "--port", str(port)]


def _start(servers: ExitStack, command: list[str], place: Path, own: dict[str, str]) -> None:
    """``command`` in the background, its output in a file; whatever it began ends with it."""
    log = servers.enter_context((place / ".log").open("ab"))
    process = subprocess.Popen(command, cwd=place, env=own, stdout=log, stderr=log)
    servers.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=10)
        for one in alive:
            one.kill()
    process.wait()


def _trained(
    first: Machine, second: Machine, addresses: dict[str, str], servers: ExitStack
) -> None:
    """The experiment as a flow; of the two workers one is killed while it has work."""
    lend = [sys.executable, "-c", COMMAND, "worker", addresses["dask"], "--workers", "2"]
    _start(servers, lend, second.place, second.environment)
    client = servers.enter_context(_client(addresses["dask"]))
    client.wait_for_workers(2, timeout=WAIT_S)
    first.environment |= {
        "MLFLOW_TRACKING_URI": addresses["mlflow"],
        "PREFECT_API_URL": addresses["prefect"],
    }
    for name in ("mlflow", "prefect"):
        _until(lambda address=addresses[name]: _answers(address), f"{name}'s server")
    with first.told("the flow `experiment` with `evaluation.cluster`, two workers") as found:
        flow = [sys.executable, "-c", FLOW.format(addresses["dask"])]
        with (first.place / "flow.log").open("wb") as log:
            at = {"cwd": first.place, "env": first.environment}
            running = subprocess.Popen(flow, **at, stdout=log, stderr=log)
        servers.callback(_end, running)
        found.append(_kill_one(client, running))
        told = f"the flow failed: {(first.place / 'flow.log').read_text()[-3000:]}"
        _must(running.wait() == 0, told)
        client.wait_for_workers(2, timeout=WAIT_S)
        found.append("the flow ended well, and another worker had come")


def _kill_one(client: Client, running: subprocess.Popen[bytes]) -> str:
    """Kill -9 a worker that has pieces, once it has; how many it had."""
    while True:
        busy = {worker: len(pieces) for worker, pieces in client.processing().items() if pieces}
        if busy:
            break
        _must(running.poll() is None, "the flow ended before a worker had work")
        time.sleep(0.2)
    worker = max(busy, key=lambda name: busy[name])
    pid = client.run(os.getpid, workers=[worker])[worker]
    psutil.Process(pid).kill()
    return f"a worker was killed with {busy[worker]} pieces in its hands"


def _client(address: str) -> Client:
    for _ in range(WAIT_S):
        try:
            return Client(address, timeout=2, set_as_default=False)
        except OSError:
            time.sleep(1)
    raise SystemExit(f"no scheduler came up at {address}")


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address.removesuffix('/api')}{'/api' * address.endswith('/api')}/health"):
            return True
    except (URLError, OSError):
        return False


def _until(holds: Callable[[], bool], what: str) -> None:
    for _ in range(WAIT_S):
        if holds():
            return
        time.sleep(1)
    raise SystemExit(f"{what} did not come up")


def _asked(first: Machine) -> None:
    """What the servers remember of it."""
    with first.told("asked of the servers") as found:
        states = json.loads(first.run(sys.executable, "-c", ASK_PREFECT))
        _must(states[0] == "COMPLETED", f"Prefect says {states}")
        done = f"{states[1:].count('COMPLETED')} of {len(states) - 1} tasks"
        found.append(f"Prefect: the flow and {done} completed")
        runs = json.loads(first.run(sys.executable, "-c", ASK_MLFLOW))
        found.append(f"MLflow: {len(runs)} runs")
        _must(bool(runs), "MLflow has no run")


def _pulled(first: Machine, second: Machine) -> None:
    """Everything that was computed is there too, and is what the second computes by itself."""
    first.commit("computed")
    first.dvc("push", "-q")
    with second.told("`git pull`, `dvc pull`, `fewqubit status`") as found:
        second.run("git", "pull", "-q")
        second.dvc("pull", "-q", *(stage for stage in _stages(second) if stage != "track"))
        stale = second.fewqubit("status", "report")
        _must("up to date" in stale, f"something is stale: {stale}")
        found.append(f"{_same(first, second)} files, the same bytes; nothing is stale")
    with second.told("both evaluations once more, by this folder alone") as found:
        for arm in ARMS:
            axes = ["--dataset", "digits", "--learner", "protonet", "--arm", arm]
            second.run(*module("pipelines.evaluate", *axes))
        found.append(f"{_same(first, second)} files, the same bytes")


def _same(first: Machine, second: Machine) -> int:
    """How many files both have, of the same bytes; logs and times stay where they were made.

    Raises SystemExit: another file differs, or is missing.
    """
    here, there = checksums(first.place), checksums(second.place)
    asked = {name for name in here if name.startswith("artifacts/") or name in there} | {*there}
    differ = sorted(name for name in asked if here.get(name) != there.get(name))
    _must(bool(asked) and not differ, f"not the same in both folders: {', '.join(differ)}")
    return len(asked)


def _must(holds: bool, told: str) -> None:
    if not holds:
        raise SystemExit(told)


def _line(row: Row) -> str:
    return f"| {row.where} | {row.what} | {row.seconds:.0f} | {row.found} |\n"


if __name__ == "__main__":
    main()
