"""From a new file to a moved champion and back: the flow `update`, served, on loopback.

Run as ``python -m benchmarks.machines.new_files`` (minutes); writes docs/measured/new_files.md. A
project with a table of Latin letters and a file of Greek ones is served as ``make serve UPDATES=…``
serves it, beside a Prefect and an MLflow server. The schedule finds the files; then Cyrillic
letters are put into the folder, and found by the next run. Afterwards the champion is taken back by
hand. ``--stay`` leaves the servers up, to look at their pages.
"""

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from benchmarks.copies import TOP, copy_to
from benchmarks.machines.loopback import Machine, Row, line, must, serve, start, until, wait_for

from fewqubit.base.io.files import write_text
from fewqubit.config import Episodes, Glyphs
from fewqubit.data.read import read_raw
from fewqubit.pipeline.overrides import as_yaml, layered
from fewqubit.pipeline.process import module

REPORT = TOP / "docs/measured/new_files.md"
TABLES, MODEL, EVERY = Path("data/tables"), "fewqubit-stream-letters", "*/2 * * * *"
EPISODES = "{n_way: 5, n_shot: 1, n_query: 5, n_validation: 20, n_test: 60}"
SETTINGS = [
    "run.datasets=[letters]",
    "run.streams=[letters]",
    "run.arms=[quantum, twin]",
    "run.ways=[frozen, fine_tune]",
    "datasets.letters={source: table, path: data/tables/latin.csv, label: letter, "
    "features: {scale: standard}, split: {fractions: [0.6, 0.2, 0.2]}, "
    f"episodes: {EPISODES}}}",
    "streams.letters={datasets: [letters], by: file, incoming: data/tables/incoming, "
    "held_out: 0.4, steps: 60}",
    "learners.protonet.training.steps=60",
    "learners.protonet.seeds=3",
]
WAIT_S = 1800  # for an update, on a machine with other work
ASK_RUNS = """
import json
from prefect import get_client
from prefect.client.schemas.filters import FlowFilter
with get_client(sync_client=True) as client:
    runs = client.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["update"]}))
ended = [run for run in runs if run.state and run.state.is_final()]
ended.sort(key=lambda run: run.end_time)
print(json.dumps([run.state_name for run in ended]))
"""
ASK_MODEL = """
import json, sys
from mlflow import MlflowClient
client = MlflowClient()
aliases = client.get_registered_model(sys.argv[1]).aliases
champion = client.get_model_version(sys.argv[1], aliases["champion"])
told = {"version": str(champion.version), "is": champion.description, **champion.tags}
print(json.dumps(told))
"""
HEADER = """# From a new file to a moved champion and back

Made by `python -m benchmarks.machines.new_files`: the flow `update` as `make serve
UPDATES="{every}"` serves it, a Prefect server and an MLflow server, all on loopback. A table of
Latin letters, `protonet` in the arms quantum and twin, the ways `frozen` and `fine_tune`, 3 seeds;
{cores} cores, load average before it began: {load:.1f}.

| where | what | seconds | found |
|---|---|---:|---|
"""


def main() -> None:
    """Everything, in order; stops at the first thing that is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stay", action="store_true", help="until Enter, to look at the pages")
    asked, load, rows = parser.parse_args(), os.getloadavg()[0], list[Row]()
    with TemporaryDirectory() as folder, ExitStack() as servers:
        top = Path(folder)
        project = Machine("the project", _project(top), rows)
        addresses = serve(servers, top, ("mlflow", "prefect"))
        project.environment |= {
            "MLFLOW_TRACKING_URI": addresses["mlflow"],
            "PREFECT_API_URL": addresses["prefect"],
            "UPDATES": EVERY,
        }
        wait_for(*addresses.values())
        start(servers, module("flows.serve"), project.place, project.environment)
        _came_and_went(project)
        head = HEADER.format(every=EVERY, cores=os.cpu_count(), load=load)
        write_text(REPORT, head + "".join(map(line, rows)))
        if asked.stay:
            input(f"{json.dumps(addresses)}; Enter ends them\n")


def _project(top: Path) -> Path:
    """A project whose settings name a table and a folder in which files arrive."""
    place = copy_to(top / "project")
    (place / "dvc.lock").unlink()
    write_text(place / "params.yaml", as_yaml(layered(place, SETTINGS, "stream_scripts")))
    _write(place / TABLES / "latin.csv")
    _write(place / TABLES / "incoming/01-greek.csv")
    return place


def _write(path: Path) -> None:
    """The letters of the script that the file is named after: 64 pixels and a name."""
    shape = Episodes(n_way=2, n_shot=1, n_query=1, n_validation=1, n_test=1)
    described = {
        "source": "glyphs",
        "scripts": [path.stem.split("-")[-1]],
        "size": 8,
        "episodes": shape,
    }
    raw = read_raw(Glyphs.model_validate(described | {"split": {"fractions": [0.6, 0.2, 0.2]}}))
    pixels = pd.DataFrame(raw.x.reshape(len(raw.x), -1)).add_prefix("p")
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels.assign(letter=[raw.names[i] for i in raw.y]).to_csv(path, index=False)


def _came_and_went(project: Machine) -> None:
    with project.row("two files: the schedule starts an update") as found:
        found.append(_updated(project, "Completed", 1))
        first = _champion(project, found)
    with project.row("nothing new: the schedule looks, and ends") as found:
        found.append(_updated(project, "NothingNew", 1))
        must(_champion(project, []) == first, "the champion changed, and nothing arrived")
        found.append("the same champion")
    with project.row("`incoming/02-cyrillic.csv`: the next run takes one step") as found:
        _write(project.place / TABLES / "incoming/02-cyrillic.csv")
        found.append(_updated(project, "Completed", 2))
        second = _champion(project, found)
        must(second != first, "the champion has not moved")
    with project.row("`fewqubit rollback stream-letters`") as found:
        found.append(project.fewqubit("rollback", "stream-letters").strip())
        must(_champion(project, []) == first, "it is not the champion before the update")
    with project.row("the next look of the schedule") as found:
        before = _ended(project).count("NothingNew")
        found.append(_updated(project, "NothingNew", before + 1))
        must(_champion(project, []) == first, "the champion changed, and nothing arrived")
        found.append("the same champion")


def _updated(project: Machine, state: str, times: int) -> str:
    """Wait until so many updates have ended in this state. Raises SystemExit: one has failed."""

    def ended() -> bool:
        states = _ended(project)
        wrong = {*states} - {"Completed", "NothingNew"}
        must(not wrong, f"an update ended as {wrong}:\n{_log(project)}")
        return states.count(state) >= times

    until(ended, f"an update that ends as {state}", WAIT_S)
    return f"*{state}*"


def _ended(project: Machine) -> list[str]:
    time.sleep(5)  # each question is a process
    return [*json.loads(project.run(sys.executable, "-c", ASK_RUNS))]


def _log(project: Machine) -> str:
    return (project.place / ".log").read_text()[-3000:]


def _champion(project: Machine, found: list[str]) -> str:
    """Its version; what it is, and the gate's word on it, go to the list."""
    model = json.loads(project.run(sys.executable, "-c", ASK_MODEL, MODEL))
    found.append(f"champion: version {model['version']}, {model['is']} ({model['gate.decision']})")
    return str(model["version"])


if __name__ == "__main__":
    main()
