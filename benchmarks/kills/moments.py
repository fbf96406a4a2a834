"""Moments at which a run is killed: all of them while there is work that can be lost.

A time alone does not do, since what a killed run has finished stays finished, and later runs become
shorter. So a moment is one in a stage that is still to come, or in what the gate writes.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil
from benchmarks.kills.registry_state import progress

from fewqubit.base.io.files import read_json
from fewqubit.base.io.journal import JOURNAL
from fewqubit.pipeline.last_run import WHOLE

LOOK_S, LOOK_CLOSELY_S = 0.1, 0.005
FROM_TO = (0.02, 0.98)  # of a stage


class Stage(NamedTuple):
    """A stage of an undisturbed run, as processes name it, and its seconds."""

    name: str
    seconds: float


class Moment(NamedTuple):
    """When a run is killed.

    stage:  in this one, or in one after it, whichever is seen first
    after:  seconds that it has worked by then
    gate:   or in the gate's writing: a new "version", a new "decision", a new "champion"
    """

    stage: str | None
    after: float
    gate: str | None = None


def stages_of(project: Path) -> list[Stage]:
    """What an undisturbed run has left in its journal, the earliest first.

    Records of other kinds lie beside: what was asked and told, and the run as a whole.
    """
    found = [read_json(path) for path in (project / JOURNAL).glob("*.json")]
    entries = [entry for entry in found if entry.get("stage", WHOLE) != WHOLE]
    entries.sort(key=lambda entry: entry["start"])
    return [Stage(entry["stage"].replace("@", "-"), entry["seconds"]) for entry in entries]


def moments(
    stages: list[Stage], n: int, gates: tuple[str, ...], random: np.random.Generator
) -> list[Moment]:
    """``n`` moments in an order in which each still comes: spread over the stages, then the gate's.

    Of equally many stages one each, and in it any second alike.
    """
    if gates:  # the stage `track` comes after them
        stages = [one for one in stages if one.name != "track"]
    parts = np.array_split(np.arange(len(stages)), n - len(gates))
    chosen = [stages[random.choice(part)] for part in parts]
    shares = random.uniform(*FROM_TO, len(chosen))
    first = [
        Moment(one.name, one.seconds * share) for one, share in zip(chosen, shares, strict=True)
    ]
    return [*first, *(Moment(None, 0.0, gate) for gate in gates)]


def wait_for(
    moment: Moment, project: Path, later: set[str], family: Callable[[], list[psutil.Process]]
) -> None:
    """Until the moment has come; raises SystemExit if the run ends before."""
    before = progress(project)
    while family():
        if moment.gate is not None:
            if _new(moment.gate, before, progress(project)):
                return
            time.sleep(LOOK_CLOSELY_S)
        elif later & {name for process in family() if (name := stage_of(process))}:
            time.sleep(moment.after)
            if family():
                return
        else:
            time.sleep(LOOK_S)
    raise SystemExit(f"the run ended before {moment}: it would not count")


def _new(gate: str, before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    at = {"version": 0, "decision": 1, "champion": 2}[gate]
    return bool(now[at]) and now[at] != before[at]


def stage_of(process: psutil.Process) -> str | None:
    """The stage that a process computes, if it does: what follows ``python -m pipelines.``."""
    try:
        words = process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return None
    script = next((n for n, word in enumerate(words) if word.startswith("pipelines.")), 0)
    if words[script - 1 : script] == ["-m"]:  # of Python itself, or of a stand-in for it
        return "-".join([words[script].removeprefix("pipelines."), *words[script + 2 :: 2]])
    return None
