"""Kill a run at random moments, let it finish, compare bytes: writes docs/measured/kills.md.

Run as ``python -m benchmarks.kills`` (three runs of the pipeline; ``--recipe smoke`` for a try).
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from fewqubit.io.files import write_text

TOP = Path(__file__).parents[1]
REPORT = TOP / "docs/measured/kills.md"
MADE = ("artifacts/prepared", "artifacts/encoded", "artifacts/trained", "artifacts/evaluated")
WALL_TIMES = re.compile(rb'<td class="wall">.*?</td>', re.DOTALL)
GRACE_S = 15.0  # in which children of a killed run must have ended
HEADER = """# What is left of a run that is killed

Made by `python -m benchmarks.kills{options}`. `make repro` was killed {n} times at random moments
(SIGKILL, which no program can catch), each time started again, and after the last one left to
finish. *All*: every process of the run at once, as when power fails. *First*: `fewqubit run` alone;
its children have to notice and end by themselves. Then every file was compared with that of a run
that nobody disturbed.

| kill | after | killed | stages under way |
| ---: | ---: | --- | --- |
"""


def main() -> None:
    """One undisturbed run, one that is killed again and again; are their results the same?"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe", help="write these settings first: smaller runs")
    asked = parser.parse_args()
    # The copies share this environment; were it stale, they would install themselves in it.
    subprocess.run(["make", "setup"], cwd=TOP, check=True)
    with TemporaryDirectory() as temporary:
        whole, killed = (_copy(Path(temporary, name), asked.recipe) for name in ("whole", "killed"))
        began = time.monotonic()
        _finish(whole)
        duration = time.monotonic() - began
        random = np.random.default_rng(asked.seed)
        moments = random.uniform(0, duration / 5, asked.kills)  # the last ones still find work
        rows = [_killed(killed, n, moment) for n, moment in enumerate(moments, 1)]
        _finish(killed)
        ours, theirs = _checksums(whole), _checksums(killed)
    if not ours or ours != theirs:
        differ = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
        raise SystemExit(f"after {asked.kills} kills these differ: {', '.join(differ) or 'all'}")
    options = f" --recipe {asked.recipe}" if asked.recipe else ""
    verdict = f"\nThe undisturbed run took {duration:.0f} s. All {len(ours)} files have the same"
    verdict += " bytes, the wall times that the report quotes apart.\n"
    write_text(REPORT, HEADER.format(options=options, n=asked.kills) + "".join(rows) + verdict)


def _copy(place: Path, recipe: str | None) -> Path:
    """The tracked files as they are, with this environment."""
    place.mkdir()
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True)
    for name in names.stdout.decode().split("\0")[:-1]:
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, target)
    (place / ".venv").symlink_to(Path(sys.prefix))
    if recipe:
        from fewqubit.pipeline.overrides import edit_settings

        edit_settings(place, (), recipe)
    return place


def _start(project: Path) -> subprocess.Popen[bytes]:
    """``make repro``, in a session of its own."""
    log = (project / "run.log").open("ab")
    return subprocess.Popen(
        ["make", "repro"], cwd=project, stdout=log, stderr=log, start_new_session=True
    )


def _finish(project: Path) -> None:
    if _start(project).wait() != 0:
        raise SystemExit(f"`make repro` failed: {(project / 'run.log').read_text()[-3000:]}")


def _killed(project: Path, number: int, moment: float) -> str:
    """Start a run, kill it after ``moment`` seconds; a row of the table."""
    make = _start(project)
    with suppress(subprocess.TimeoutExpired):
        make.wait(timeout=moment)
    family = psutil.Process(make.pid).children(recursive=True) if make.poll() is None else []
    under_way = sorted({name for process in family if (name := _stage(process))})
    every = number % 2 == 0
    for process in family if every else family[:1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    make.wait()
    _, alive = psutil.wait_procs(family, timeout=GRACE_S)
    if alive:
        raise SystemExit(f"after kill {number} these live on: {alive}")
    who = "all" if every else "first"
    return f"| {number} | {moment:.1f} s | {who} | {', '.join(under_way) or 'none'} |\n"


def _stage(process: psutil.Process) -> str | None:
    """The stage that a process computes, if it does: what follows ``python -m pipelines.``."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        words = process.cmdline()
        if words[1:2] == ["-m"] and words[2].startswith("pipelines."):
            return "-".join([words[2].removeprefix("pipelines."), *words[4::2]])
    return None


def _checksums(project: Path) -> dict[str, str]:
    """Of everything that a run leaves behind for others, the report's wall times blanked."""
    files = [path for folder in MADE for path in (project / folder).rglob("*") if path.is_file()]
    files += [path for path in (project / "reports").rglob("*") if path.is_file()]
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(
            WALL_TIMES.sub(b"", path.read_bytes())
        ).hexdigest()
        for path in files
    }


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "true")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
