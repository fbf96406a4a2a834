"""Contests of starts: ``python -m benchmarks.starts RECIPE [PROBLEM …]`` runs those of a recipe.

What the stages of the recipe do, in one process, so that descents are compiled once. Each start
leaves its result below artifacts/studies, and a run that was stopped goes on from there. Writes
docs/results/starts_<problem>: tables, figures, the picture.
"""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.kept import kept

from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config.settings import Settings
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.starts.page import figures, markdown, picture, study_of
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

RESULTS = Path("docs/results")
FORMAT = drawing.FORMAT, starting.FORMAT


def main() -> None:
    """Run every contest of one recipe, or some of them, with the starts that it names."""
    recipe, *some = sys.argv[1:]
    settings = layered_settings(Path(), recipe=recipe)
    for name in some or settings.run.problems:
        folder, made = RESULTS / f"starts_{name}", describe(settings, name, recipe)
        study = run(settings, name, kept(f"starts/{name}", {"format": FORMAT, **made}))
        write_text(folder / f"{name}.md", markdown(study))
        write_text(folder / f"{name}.svg", picture(study))
        write_json(folder / f"{name}.json", figures(study))
        write_json(folder / "made.json", made | {"commit": commit()})


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


def commit() -> str:
    """The commit of the working tree."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
