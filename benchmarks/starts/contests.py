"""One contest: what the stages of a recipe do, in one process; descents are compiled once."""

import sys
import time
from pathlib import Path

from fewqubit.base.keys import root_key, stream
from fewqubit.config.settings import Settings
from fewqubit.report.starts.page import study_of
from fewqubit.report.starts.study import StartStudy
from fewqubit.stages.starts import descents as starting
from fewqubit.stages.starts import problems as drawing
from fewqubit.stages.starts.descents import (
    CARD,
    METRICS,
    evaluate_and_save,
    load_entry,
    train_and_save,
)
from fewqubit.stages.starts.problems import PROBLEMS, draw_and_save, load_problems
from fewqubit.starts.relaxation import shortfall

FORMAT = drawing.FORMAT, starting.FORMAT


def run(settings: Settings, name: str, work: Path) -> StartStudy:
    """Every start on one set of problems; what is there already is read."""
    root, described = root_key(settings.seed), settings.problems[name]
    drawn = work / "problems"
    if not (drawn / PROBLEMS).exists():
        draw_and_save(name, described, stream(root, "problems", name), drawn)
    for start in settings.run.starts:
        key = stream(root, "start", name, start)
        if not (work / start / METRICS).exists():
            before = time.process_time()
            starter, contest = settings.starts[start], described.contest
            if not (work / start / CARD).exists():
                train_and_save(start, starter, contest, drawn, key, work / start)
            evaluate_and_save(contest, drawn, work / start, key, work / start)
            spent = time.process_time() - before
            sys.stderr.write(f"{name}/{start}: {spent:.0f} s of the processor\n")
    prepared = load_problems(drawn)
    entries = {start: load_entry(work / start) for start in settings.run.starts}
    key = stream(root, "verdict", name)
    bills, instances = prepared.costs, prepared.instances
    classical = shortfall([one for own in prepared.drawn.test for one in own])
    return study_of(name, described.contest, entries, bills, instances, key, classical)


def describe(settings: Settings, name: str, recipe: str) -> dict[str, object]:
    """All that the numbers of one contest depend on."""
    starts = {
        start: settings.starts[start].model_dump(mode="json") for start in settings.run.starts
    }
    return {
        "command": f"python -m benchmarks.starts {recipe} {name}",
        "settings": settings.problems[name].model_dump(mode="json"),
        "starts": starts,
        "seed": settings.seed,
    }
