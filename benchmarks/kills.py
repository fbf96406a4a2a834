"""Kill a run at random moments, let it finish, compare bytes: writes docs/measured/kills*.md.

Run as ``python -m benchmarks.kills``: three runs of the pipeline. ``--what stream``: of a stream of
scripts alone; ``--what update``: of the flow that takes up new data, on a Prefect server.
"""

import argparse
import os
import re
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

VIEW = ".run/run"  # where a run with settings of its own works; what it made there comes home
GRACE_S = 15.0  # in which children of a killed run must have ended
HEADER = """# What is left of {title} that is killed

Made by `python -m benchmarks.kills{options}`. {command} was killed {n} times at random moments
after its first stage had begun (SIGKILL, which no program can catch), each time started again, and
after the last one left to finish. *All*: every process of the run at once, as when power fails.
*First*: the first process alone; its children have to notice and end by themselves. *Found*: how
many files the kill left, and how many of them had the bytes of a run that nobody disturbed; the
others are made anew by a later group or stage. *Mended*: what the next run said that the kill had
damaged. {cores} cores, load average before it began: {load:.1f}.

| kill | after | killed | stages under way | found | mended |
| ---: | ---: | --- | --- | --- | --- |
"""
BEGUN = "--- begun ---\n"  # stands before what each run says
MENDED = re.compile(r"cut short|set aside|damaged|kept as", re.IGNORECASE)
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
    """What is killed: its command in a copy of the project, and how it is told of.

    Kills come within the share ``within`` of an undisturbed run, counted from the first stage: so
    long that they find every kind of work under way, so short that the last ones still do.
    """

    command: list[str]
    title: str
    shown: str
    report: Path
    within: float


WHAT = {
    "run": What(["make", "repro"], "a run", "`make repro`", TOP / "docs/measured/kills.md", 0.2),
    "stream": What(
        [".venv/bin/fewqubit", *STREAM, "arrive", "walk"],
        "a stream",
        "`fewqubit run --recipe stream_scripts arrive walk`, on three scripts, 20 steps each,",
        TOP / "docs/measured/kills_stream.md",
        0.1,
    ),
    "update": What(
        [".venv/bin/python", "-c", UPDATE],
        "an update",
        "The flow `update` with the same small stream, on a Prefect server that lives on,",
        TOP / "docs/measured/kills_update.md",
        0.1,
    ),
}


def main() -> None:
    """One undisturbed run, one that is killed again and again; are their results the same?"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--what", choices=WHAT, default="run")
    asked = parser.parse_args()
    what, load = WHAT[asked.what], os.getloadavg()[0]
    with TemporaryDirectory() as temporary, _server(Path(temporary), asked.what == "update"):
        whole, killed = (copy_to(Path(temporary, name)) for name in ("whole", "killed"))
        began = time.monotonic()
        _finish(what, whole)
        duration, ours = time.monotonic() - began, checksums(whole)
        random = np.random.default_rng(asked.seed)
        moments = random.uniform(0, what.within * duration, asked.kills)
        kills = [_killed(what, killed, ours, n, when) for n, when in enumerate(moments, 1)]
        _finish(what, killed)
        theirs, mended = checksums(killed), _mended(killed)
    options = f" --what {asked.what}" if asked.what != "run" else ""
    fields = {"title": what.title, "command": what.shown, "options": options, "n": asked.kills}
    page = HEADER.format(**fields, cores=os.cpu_count(), load=load)
    page += "".join(f"{kill} {line} |\n" for kill, line in zip(kills, mended, strict=True))
    page += f"\nThe undisturbed run took {duration:.0f} s. {_verdict(ours, theirs)}\n"
    write_text(what.report, page)
    if ours != theirs:
        raise SystemExit(page)


def _verdict(ours: dict[str, str], theirs: dict[str, str]) -> str:
    differ = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if differ:
        return f"**Of {len(ours)} files these differ: {', '.join(differ)}.**"
    return (
        f"All {len(ours)} files have the same bytes, the wall times that the report quotes apart."
    )


def _mended(project: Path) -> list[str]:
    """What each run after the first said of damage, without the folder it lay in."""
    runs = (project / "run.log").read_text().split(BEGUN)[2:]
    lines = ([line for line in run.splitlines() if MENDED.search(line)] for run in runs)
    return [
        "; ".join(dict.fromkeys(some)).replace(f"{project}/", "") or "nothing" for some in lines
    ]


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
    log.write(BEGUN.encode())
    log.flush()
    at = {"cwd": project, "env": environment_of(project)}
    return subprocess.Popen(what.command, **at, stdout=log, stderr=log, start_new_session=True)


def _finish(what: What, project: Path) -> None:
    if _start(what, project).wait() != 0:
        raise SystemExit(f"{what.shown} failed: {(project / 'run.log').read_text()[-3000:]}")


def _killed(what: What, project: Path, ours: dict[str, str], number: int, moment: float) -> str:
    """Start a run, kill it after ``moment`` seconds; a row of the table, but for its last cell."""
    first = _start(what, project)
    while first.poll() is None and not any(map(_stage, _family(first))):
        time.sleep(0.2)
    with suppress(subprocess.TimeoutExpired):
        first.wait(timeout=moment)
    family = _family(first)
    if what.command[0] == "make":  # which only waits for the run
        family = family[1:]
    under_way = sorted({name for process in family if (name := _stage(process))})
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
    row = f"| {number} | {moment:.1f} s | {who} | {', '.join(under_way) or 'none'} | {found} |"
    print(row, flush=True)  # what is found in an hour should not be lost in a second
    return row


def _family(first: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The first process of a run and all that it began; none if it has ended."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(first.pid)
        return [process, *process.children(recursive=True)] if first.poll() is None else []
    return []


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
