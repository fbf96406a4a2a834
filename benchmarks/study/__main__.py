"""``python -m benchmarks.study``: recipes/study.yaml in one process, which goes on where it stood.

Data sets × circuits × arms. Every arm is trained at each point of its own grid, as many points for
every arm; validation episodes choose one, which is trained anew with other seeds and tested. What
is finished is kept in artifacts/studies/study.

Writes docs/results/study/study.{md,json,svg}.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from benchmarks.study.cells import PIECES, Asked, Asker, tasks_of
from benchmarks.study.figure import draw
from benchmarks.study.page import page, record

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import stream
from fewqubit.config import Settings
from fewqubit.pipeline.overrides import layered_settings
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Study
from fewqubit.study.jobs import Tasks, baseline_results
from fewqubit.study.side_by_side import SideBySide


def ask(settings: Settings, dataset: str, programs: dict[str, SideBySide]) -> Asked:
    """Search, train and test every learner and arm on one data set."""
    tasks = tasks_of(settings, dataset)
    made, key = tasks.made, tasks.key
    asker = Asker(settings, tasks, tasks.data, programs, PIECES)
    cells = []
    for learner, arm in product(settings.run.learners, settings.run.arms):
        cells.append(asker.cell(learner, arm))
        accuracy = cells[-1].result.accuracies.after.mean()
        print(f"{dataset} {learner} {arm}: {accuracy:.3f}", flush=True)
    plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, PIECES)]
    results = [cell.result for cell in cells]
    study = Study(dataset, made.summary | made.asked, results, plain, [], _classes(tasks))
    found = find(study, settings.evaluation, stream(key, "evaluate", dataset))
    return Asked(study, found, [trial for cell in cells for trial in cell.trials])


def _classes(tasks: Tasks) -> Classes:
    """Variants of one class count as one, but for letters, whose group is their script."""
    raw = tasks.made.planned.raw
    kin = raw.names if tasks.made.summary["source"] == "glyphs" else raw.groups
    ids = np.asarray(tasks.made.manifests["manifest_test"].class_ids)
    names, members = np.unique(kin, return_inverse=True)
    return Classes(ids, members[ids], raw.names, names.tolist())


def main() -> None:
    """Ask every data set and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--datasets", nargs="+", help="some of the recipe's; by default all")
    parser.add_argument("--out", type=Path, default=Path("docs/results/study"))
    asked = parser.parse_args()
    settings = layered_settings(Path(), recipe="study")
    found: list[Asked] = []
    programs: dict[str, SideBySide] = {}
    with fixed():
        for dataset in asked.datasets or settings.run.datasets:
            found.append(ask(settings, dataset, programs))
            if len(found) > 1:  # a family; the page grows with it
                known = record(found, settings)
                write_json(asked.out / "study.json", known)
                write_text(asked.out / "study.md", page(found, settings))
                draw(asked.out / "study.svg", known, settings)


if __name__ == "__main__":
    main()
