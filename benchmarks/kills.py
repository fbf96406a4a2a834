"""Kill a run at random moments, let it finish, compare bytes: writes docs/measured/kills*.md.

Run as ``python -m benchmarks.kills``: three runs of the pipeline. ``--what stream``: of a stream of
scripts alone; ``--what update``: of the flow that takes up new data, on a Prefect server.
"""

import argparse
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import psutil
from benchmarks.copies import TOP, checksums, copy_to, environment_of

from fewqubit.base.io.files import write_text
from fewqubit.pipeline.ports import free_port

GRACE_S = 15.0  # in which children of a killed run must have ended
HEADER = """# What is left of {title} that is killed

Made by `python -m benchmarks.kills{options}`. {command} was killed {n} times at random moments
(SIGKILL, which no program can catch), each time started again, and after the last one left to
finish. *All*: every process of the run at once, as when power fails. *First*: the first process
alone; its children have to notice and end by themselves. Then every file was compared with that of
a run that nobody disturbed.

| kill | after | killed | stages under way |
| ---: | ---: | --- | --- |
"""
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
UPDATE = f"from flows.update import update; update('stream_scripts', {[*SMALL]}, retries=0)"


class What(NamedTuple):
    """What is killed: its command in a copy of the project, and how it is told of."""

    command: list[str]
    title: str
    told: str
    report: Path


WHAT = {
    "run": What(["make", "repro"], "a run", "`make repro`", TOP / "docs/measured/kills.md"),
    "stream": What(
        [".venv/bin/fewqubit", *STREAM, "arrive", "walk"],
        "a stream",
        "`fewqubit run --recipe stream_scripts arrive walk`, on three scripts, 20 steps each,",
        TOP / "docs/measured/kills_stream.md",
    ),
    "update": What(
        [".venv/bin/python", "-c", UPDATE],
        "an update",
        "The flow `update` with the same small stream, on a Prefect server that lives on,",
        TOP / "docs/measured/kills_update.md",
    ),
}


def main() -> None:
    """One undisturbed run, one that is killed again and again; are their results the same?"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--what", choices=WHAT, default="run")
    asked = parser.parse_args()
    what = WHAT[asked.what]
    with TemporaryDirectory() as temporary, _server(Path(temporary), asked.what == "update"):
        whole, killed = (copy_to(Path(temporary, name)) for name in ("whole", "killed"))
        began = time.monotonic()
        _finish(what, whole)
        duration = time.monotonic() - began
        random = np.random.default_rng(asked.seed)
        moments = random.uniform(0, duration / 5, asked.kills)  # the last ones still find work
        rows = [_killed(what, killed, n, moment) for n, moment in enumerate(moments, 1)]
        _finish(what, killed)
        ours, theirs = checksums(whole), checksums(killed)
    if not ours or ours != theirs:
        differ = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
        raise SystemExit(f"after {asked.kills} kills these differ: {', '.join(differ) or 'all'}")
    verdict = f"\nThe undisturbed run took {duration:.0f} s. All {len(ours)} files have the same"
    verdict += " bytes, the wall times that the report quotes apart.\n"
    options = f" --what {asked.what}" if asked.what != "run" else ""
    told = {"title": what.title, "command": what.told, "options": options, "n": asked.kills}
    write_text(what.report, HEADER.format(**told) + "".join(rows) + verdict)


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


def _start(what: What, project: Path) -> subprocess.Popen[bytes]:
    """The run, in a session of its own, by the sources of the copy."""
    log = (project / "run.log").open("ab")
    at = {"cwd": project, "env": environment_of(project)}
    return subprocess.Popen(what.command, **at, stdout=log, stderr=log, start_new_session=True)


def _finish(what: What, project: Path) -> None:
    if _start(what, project).wait() != 0:
        raise SystemExit(f"{what.told} failed: {(project / 'run.log').read_text()[-3000:]}")


def _killed(what: What, project: Path, number: int, moment: float) -> str:
    """Start a run, kill it after ``moment`` seconds; a row of the table."""
    first = _start(what, project)
    with suppress(subprocess.TimeoutExpired):
        first.wait(timeout=moment)
    family: list[psutil.Process] = []
    if first.poll() is None:
        process = psutil.Process(first.pid)
        family = process.children(recursive=True)
        if what.command[0] != "make":  # which only waits for the run
            family = [process, *family]
    under_way = sorted({name for process in family if (name := _stage(process))})
    every = number % 2 == 0
    for process in family if every else family[:1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    first.wait()
    _, alive = psutil.wait_procs(family, timeout=GRACE_S)
    if alive:
        raise SystemExit(f"after kill {number} these live on: {alive}")
    who = "all" if every else "first"
    row = f"| {number} | {moment:.1f} s | {who} | {', '.join(under_way) or 'none'} |\n"
    print(row, end="", flush=True)  # what is found in an hour should not be lost in a second
    return row


def _stage(process: psutil.Process) -> str | None:
    """The stage that a process computes, if it does: what follows ``python -m pipelines.``."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        words = process.cmdline()
        if words[1:2] == ["-m"] and words[2].startswith("pipelines."):
            return "-".join([words[2].removeprefix("pipelines."), *words[4::2]])
    return None


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "true")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
