"""Kill a run at random moments, let it finish, compare bytes: writes docs/measured/kills*.md.

Run as ``python -m benchmarks.kills``: three runs of the pipeline. ``--what stream``: of a stream of
scripts alone; ``--what update``: of the flow that takes up new data, on a Prefect server. With
``--work FOLDER`` what is done stays there, and a call that was cut short goes on.
"""

import argparse
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from benchmarks.copies import TOP, checksums, copy_to, environment_of
from benchmarks.kills.moments import Moment, Stage, moments, stage_of, stages_of, wait_for
from benchmarks.kills.page import What, Work, tell

from fewqubit.pipeline.ports import free_port

VIEW = ".run/run"  # where a run with settings of its own works; what it made there comes home
GRACE_S = 15.0  # in which children of a killed run must have ended
SMALL = (  # a stream of three scripts: what is killed matters here, not what is learned
    "datasets.scripts.scripts=[latin, greek, cyrillic]",
    "datasets.scripts.episodes.n_test=30",
    "streams.scripts.steps=20",
    "learners.protonet.seeds=2",
    "learners.protonet.training.steps=20",
    "run.arms=[quantum, twin]",
    "run.ways=[fine_tune, replay]",
)
STREAM = ["run", "--recipe", "stream_scripts", *(word for one in SMALL for word in ("--set", one))]
FOURTH = "datasets.scripts.scripts=[latin, greek, cyrillic, armenian]"
UPDATE = "from flows.update import update; update('stream_scripts', {}, retries=0)"


def _update(*overrides: str) -> list[str]:
    decided = ("learners.protonet.seeds=3", "run.ways=[frozen, fine_tune]")  # the gate takes three
    return [".venv/bin/python", "-c", UPDATE.format([*SMALL, *decided, *overrides])]


WHAT = {
    "run": What(["make", "repro"], "a run", "`make repro`", TOP / "docs/measured/kills.md"),
    "stream": What(
        [".venv/bin/fewqubit", *STREAM, "arrive", "walk"],
        "a stream",
        "`fewqubit run --recipe stream_scripts arrive walk`, on three scripts, 20 steps each,",
        TOP / "docs/measured/kills_stream.md",
    ),
    "update": What(
        _update(FOURTH),
        "an update",
        "The flow `update`, on a Prefect server that lives on, takes up the fourth script of a "
        "small stream, after an update with three that nobody disturbed, so that there are "
        "champions. It",
        TOP / "docs/measured/kills_update.md",
        _update(),
        ("version", "decision", "champion", "champion"),
    ),
}


def main() -> None:
    """One undisturbed run, one that is killed again and again; are their results the same?"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--what", choices=WHAT, default="run")
    parser.add_argument("--work", type=Path, help="goes on with what is there")
    asked = parser.parse_args()
    with TemporaryDirectory() as temporary:
        work = Work(asked.work or Path(temporary), WHAT[asked.what])
        work.place.mkdir(exist_ok=True)
        with _server(work.place, asked.what == "update"):
            known = _undisturbed(work)
            random = np.random.default_rng(asked.seed)
            stages = [Stage(*one) for one in known["stages"]]
            chosen = moments(stages, asked.kills, work.what.gates, random)
            for number, moment in enumerate(chosen, 1):
                if number > len(known.get("rows", [])):
                    row = _killed(work, number, moment)
                    known = work.keep(rows=[*known.get("rows", []), row])
            _finish(work, "killed", f"after-{asked.kills}")
        tell(work, asked.what, asked.kills, known)


def _undisturbed(work: Work) -> dict[str, Any]:
    """Make both projects, and run one of them; what it took."""
    known, what = work.known(), work.what
    if "seconds" in known:
        return known
    for name in ("whole", "killed"):
        shutil.rmtree(work.place / name, ignore_errors=True)
    whole, load = copy_to(work.place / "whole"), os.getloadavg()[0]
    if what.first is not None:
        _finish(work, "whole", "first", what.first)
    shutil.copytree(whole, work.place / "killed", symlinks=True)
    for path in (whole / "artifacts/journal").glob("*.json"):
        path.unlink()  # so that it tells of this run alone
    began = time.monotonic()
    _finish(work, "whole", "whole")
    return work.keep(seconds=time.monotonic() - began, stages=stages_of(whole), load=load)


@contextmanager
def _server(place: Path, wanted: bool) -> Iterator[None]:
    """A Prefect server that is not killed, if ``wanted``; the run's processes find it."""
    if not wanted:
        yield
        return
    os.environ["PREFECT_HOME"] = str(place / "prefect")
    from flows.server import local_server

    with local_server(free_port(4300)) as address:
        os.environ["PREFECT_API_URL"] = address
        yield


def _start(
    work: Work, name: str, log: str, command: list[str] | None = None
) -> subprocess.Popen[bytes]:
    """The run, in a session of its own, by the sources of the copy."""
    project = work.place / name
    at = {"cwd": project, "env": environment_of(project), "start_new_session": True}
    with (work.place / f"{log}.log").open("wb") as out:
        return subprocess.Popen(command or work.what.command, **at, stdout=out, stderr=out)


def _finish(work: Work, name: str, log: str, command: list[str] | None = None) -> None:
    if _start(work, name, log, command).wait() != 0:
        said = (work.place / f"{log}.log").read_text()[-3000:]
        raise SystemExit(f"{work.what.shown} failed: {said}")


def _killed(work: Work, number: int, moment: Moment) -> str:
    """Start a run, kill it at ``moment``; a row of the table, but for its last cell."""
    project, ours = work.place / "killed", checksums(work.place / "whole")
    first, began = _start(work, "killed", f"after-{number - 1}"), time.monotonic()
    names = [name for name, _ in work.known()["stages"]]
    later = {*names[names.index(moment.stage) :]} if moment.stage else set[str]()
    wait_for(moment, project, later, lambda: _family(first))
    family, lived = _family(first), time.monotonic() - began
    if work.what.command[0] == "make":  # which only waits for the run
        family = family[1:]
    under_way = sorted({name for process in family if (name := stage_of(process))})
    if moment.gate:
        under_way = [f"the gate: a new {moment.gate}"]
    every = number % 2 == 0
    for process in family if every else family[:1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    first.wait()
    _, alive = psutil.wait_procs(family, timeout=GRACE_S)
    if alive:
        raise SystemExit(f"after kill {number} these live on: {alive}")
    who, left = "all" if every else "first", checksums(project / VIEW) | checksums(project)
    found = f"{len(left)}, the same {len(left.items() & ours.items())}"
    row = f"| {number} | {lived:.1f} s | {who} | {', '.join(under_way) or 'none'} | {found} |"
    print(row, flush=True)  # what is found in an hour should not be lost in a second
    return row


def _family(first: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The first process of a run and all that it began; none if it has ended."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(first.pid)
        return [process, *process.children(recursive=True)] if first.poll() is None else []
    return []


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "true")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
