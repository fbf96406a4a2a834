"""Two machines on one: a DVC remote, a Dask cluster, MLflow's and Prefect's servers, on loopback.

Run as ``python -m benchmarks.machines.two`` (minutes); writes docs/measured/two_machines.md. Two
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
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from benchmarks.copies import TOP, checksums, copy_to
from benchmarks.machines.loopback import (
    COMMAND,
    WAIT_S,
    Machine,
    Row,
    end,
    line,
    must,
    serve,
    start,
    wait_for,
)
from distributed import Client

from fewqubit.base.io.files import write_text
from fewqubit.pipeline.overrides import as_yaml, layered
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
HEADER = """# Two machines on one

Made by `python -m benchmarks.machines.two` at commit {commit}: two folders on one machine that
share nothing but a DVC remote and addresses on loopback: a Dask scheduler, an MLflow server, a
Prefect server. `digits`, `protonet` in the arms {arms}, 2 seeds, 60 test episodes, 30 of them
under the noise of `fake_manila`; {cores} cores, load average before it began: {load:.1f}.

| where | what | seconds | found |
|---|---|---:|---|
"""


def main() -> None:
    """Everything, in order; stops at the first thing that is not as it should be."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    load, rows = os.getloadavg()[0], list[Row]()
    commit = subprocess.run(["git", "rev-parse", "--short=9", "HEAD"], cwd=TOP, capture_output=True)
    with TemporaryDirectory() as folder, ExitStack() as servers:
        top = Path(folder)
        first = Machine("first", _first(top), rows)
        _prepared(first, top / "remote")
        second = Machine("second", top / "second", rows)
        _cloned(first, second)
        addresses = serve(servers, top, ("dask", "mlflow", "prefect"))
        _trained(first, second, addresses, servers)
        _asked(first)
        _pulled(first, second)
    fields = {"arms": " and ".join(ARMS), "cores": os.cpu_count(), "load": load}
    page = HEADER.format(commit=commit.stdout.decode().strip(), **fields)
    write_text(REPORT, page + "".join(map(line, rows)))


def _first(top: Path) -> Path:
    """A project of its own: the settings are in its params.yaml, and nothing was computed yet."""
    place = copy_to(top / "first")
    (place / "dvc.lock").unlink()
    write_text(place / "params.yaml", as_yaml(layered(place, SMALL, "smoke")))
    return place


def _prepared(first: Machine, remote: Path) -> None:
    with first.row("`fewqubit run prepare`, commit, `dvc push`") as found:
        first.run("git", "init", "-q", "-b", "main")
        first.dvc("remote", "add", "--default", "store", str(remote))
        first.fewqubit("run", "prepare")
        first.commit("prepared")
        first.dvc("push", "-q")
        found.append(f"{sum(path.is_file() for path in remote.rglob('*'))} files in the remote")


def _cloned(first: Machine, second: Machine) -> None:
    first.run("git", "clone", "-q", str(first.place), str(second.place))
    with second.row("cloned, `dvc pull` of what is prepared") as found:
        second.dvc("pull", "-q", *_stages(second))
        found.append(f"{_same(first, second)} files, the same bytes")


def _stages(machine: Machine) -> list[str]:
    """The stages that dvc.lock knows: what is not made yet cannot be pulled."""
    from ruamel.yaml import YAML

    known = YAML(typ="safe").load(machine.place / "dvc.lock")["stages"]
    return [*known]


def _trained(
    first: Machine, second: Machine, addresses: dict[str, str], servers: ExitStack
) -> None:
    """The experiment as a flow; of the two workers one is killed while it has work."""
    lend = [sys.executable, "-c", COMMAND, "worker", addresses["dask"], "--workers", "2"]
    start(servers, lend, second.place, second.environment)
    client = servers.enter_context(_client(addresses["dask"]))
    client.wait_for_workers(2, timeout=WAIT_S)
    first.environment |= {
        "MLFLOW_TRACKING_URI": addresses["mlflow"],
        "PREFECT_API_URL": addresses["prefect"],
    }
    wait_for(addresses["mlflow"], addresses["prefect"])
    with first.row("the flow `experiment` with `evaluation.cluster`, two workers") as found:
        flow = [sys.executable, "-c", FLOW.format(addresses["dask"])]
        with (first.place / "flow.log").open("wb") as log:
            at = {"cwd": first.place, "env": first.environment}
            running = subprocess.Popen(flow, **at, stdout=log, stderr=log)
        servers.callback(end, running)
        found.append(_kill_one(client, running))
        message = f"the flow failed: {(first.place / 'flow.log').read_text()[-3000:]}"
        must(running.wait() == 0, message)
        client.wait_for_workers(2, timeout=WAIT_S)
        found.append("the flow ended well, and another worker had come")


def _kill_one(client: Client, running: subprocess.Popen[bytes]) -> str:
    """Kill -9 a worker that has pieces, once it has; how many it had."""
    while True:
        busy = {worker: len(pieces) for worker, pieces in client.processing().items() if pieces}
        if busy:
            break
        must(running.poll() is None, "the flow ended before a worker had work")
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


def _asked(first: Machine) -> None:
    """What the servers remember of it."""
    with first.row("asked of the servers") as found:
        states = json.loads(first.run(sys.executable, "-c", ASK_PREFECT))
        must(states[0] == "COMPLETED", f"Prefect says {states}")
        done = f"{states[1:].count('COMPLETED')} of {len(states) - 1} tasks"
        found.append(f"Prefect: the flow and {done} completed")
        runs = json.loads(first.run(sys.executable, "-c", ASK_MLFLOW))
        found.append(f"MLflow: {len(runs)} runs")
        must(bool(runs), "MLflow has no run")


def _pulled(first: Machine, second: Machine) -> None:
    """Everything that was computed is there too, and is what the second computes by itself."""
    first.commit("computed")
    first.dvc("push", "-q")
    with second.row("`git pull`, `dvc pull`, `fewqubit status`") as found:
        second.run("git", "pull", "-q")
        second.dvc("pull", "-q", *(stage for stage in _stages(second) if stage != "track"))
        stale = second.fewqubit("status", "report")
        must("up to date" in stale, f"something is stale: {stale}")
        found.append(f"{_same(first, second)} files, the same bytes; nothing is stale")
    with second.row("both evaluations once more, by this folder alone") as found:
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
    must(bool(asked) and not differ, f"not the same in both folders: {', '.join(differ)}")
    return len(asked)


if __name__ == "__main__":
    main()
