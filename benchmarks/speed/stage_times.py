"""What a run and its stages cost: writes docs/measured/stage_times.md from a project's journals.

Run as ``python -m benchmarks.speed.stage_times [FOLDER]`` after ``fewqubit run`` in a fresh clone
at FOLDER (else here): a stage that DVC restored from its cache has no journal.
"""

import argparse
import os
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.io.files import read_json, write_text
from fewqubit.base.io.journal import JOURNAL
from fewqubit.pipeline.last_run import WHOLE
from fewqubit.tracking.commit import COMMIT, commit_tags

PAGE = Path("docs/measured/stage_times.md")
HEADER = """# What stages cost

Made by `python -m benchmarks.speed.stage_times` from the journals of `fewqubit run`, at {commit}:
{cores} cores. Processor: seconds that processors worked for the stage's process. Wall: seconds from
the end of its imports, which other work on the machine lengthens. What a program takes to compile
is in the first stage that runs it. Around the stages: DVC, `fewqubit run` itself, the imports of
the process that stages are forks of, and the end of each process.

| stages | how many | processor s | wall s |
|---|---:|---:|---:|
"""


class Cost(NamedTuple):
    """Of one stage, or of several, in seconds."""

    processor: float
    wall: float


def main() -> None:
    """Read the journals, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    folder = parser.parse_args().folder
    found = costs(folder / JOURNAL)
    commit = commit_tags(folder).get(COMMIT, "no commit")[:7]
    header = HEADER.format(commit=commit, cores=os.cpu_count())
    if WHOLE not in found:
        raise SystemExit(f"{folder}: expected a journal of `fewqubit run`; run it there first")
    lines = table(found, found.pop(WHOLE))
    write_text(PAGE, header + "".join(f"{line}\n" for line in lines))


def costs(journals: Path) -> dict[str, Cost]:
    """The cost of each stage that has a journal, and of the run as a whole."""
    found = {}
    for path in sorted(journals.glob("*.json")):
        entry = read_json(path)
        if "cpu_seconds" in entry:
            found[entry["stage"]] = Cost(entry["cpu_seconds"], entry["seconds"])
    return found


def table(found: dict[str, Cost], whole: Cost) -> list[str]:
    """A row for each kind of stage, the most expensive first, then all, then each stage."""
    kinds: dict[str, list[Cost]] = defaultdict(list)
    for stage, cost in found.items():
        kinds[stage.partition("@")[0]].append(cost)
    rows = {kind: _row(kind, members) for kind, members in kinds.items()}
    lines = [rows[kind] for kind in sorted(kinds, key=lambda kind: -_total(kinds[kind]).processor)]
    each = sorted(found, key=lambda stage: -found[stage].processor)
    single = [_row(f"`{stage}`", [found[stage]]) for stage in each if "@" in stage]
    stages = _total([*found.values()])
    around = f"| around them | | {whole.processor - stages.processor:.1f} | |"
    run = f"| **the run** | | {whole.processor:.1f} | {whole.wall:.1f} |"
    return [*lines, _row("**all stages**", [*found.values()]), around, run, *single]


def _row(name: str, members: list[Cost]) -> str:
    total = _total(members)
    return f"| {name} | {len(members)} | {total.processor:.1f} | {total.wall:.1f} |"


def _total(members: list[Cost]) -> Cost:
    return Cost(sum(one.processor for one in members), sum(one.wall for one in members))


if __name__ == "__main__":
    main()
