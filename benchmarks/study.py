"""``python -m benchmarks.study``: recipes/study.yaml in one process, which goes on where it stood.

Twelve data sets × circuits × arms. Every arm is trained at each point of its small grid of scales;
validation episodes choose the point that counts, as many for every arm. All points are tested, so
that the effect of the scale is seen, too. What is finished is kept in artifacts/studies/study.

Writes docs/results/study/study.{md,json,svg}.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from benchmarks.study_page import Asked, Trial, draw, page, record

import fewqubit.stages.process  # noqa: F401 - how jobs compile, as in a stage
from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings, of_arm, validate, with_values
from fewqubit.data.read import read_raw
from fewqubit.pipeline.overrides import layered
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Result, Study
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan
from fewqubit.stages.tuning import refined
from fewqubit.study.jobs import Job, Tasks, baseline_results, results

PIECES = Path("artifacts/studies/study")


def points(settings: Settings, learner: str, arm: str) -> Iterator[dict[str, float]]:
    """Every point of the arm's grid."""
    if learner not in settings.search.space:
        yield {}  # as it is described
        return
    axes = settings.search.axes(learner, arm, settings.learners[learner])
    for values in product(*(list(axis) for axis in axes.values())):
        yield dict(zip(axes, values, strict=True))


def ask(settings: Settings, dataset: str, pieces: Path) -> Asked:
    """Train, choose and test on one data set."""
    described, key = settings.datasets[dataset], root_key(settings.seed)
    own = stream(key, "prepare", dataset)
    planned = plan(dataset, described, read_raw(described), own)
    made = prepared(refined(dataset, planned, described, own).planned, described, own)
    tasks = Tasks(dataset, made, described.episodes, key)
    jobs, values = [], []
    for learner, arm in product(settings.run.learners, settings.run.arms):
        base = of_arm(settings.learners[learner], arm)
        for point in points(settings, learner, arm):
            jobs.append(Job(learner, arm, with_values(base, point)))
            values.append(point)
    rows = results(jobs, tasks, settings.evaluation, False, pieces)
    trials = []
    for job, point, row in zip(jobs, values, rows, strict=True):
        trials.append(Trial(job.name, job.arm, point, row))
        print(f"{dataset} {job} {point}: {trials[-1].validation:.3f}", flush=True)
    plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, pieces)]
    classes = _classes(tasks)
    study = Study(dataset, made.summary | made.asked, chosen(trials), plain, [], classes)
    return Asked(study, find(study, settings.evaluation, stream(key, "evaluate", dataset)), trials)


def chosen(trials: Sequence[Trial]) -> list[Result]:
    """Of each learner and arm the trial that validated best; of equals the first."""
    arms = dict.fromkeys((trial.learner, trial.arm) for trial in trials)
    return [
        max(
            (trial for trial in trials if (trial.learner, trial.arm) == arm),
            key=lambda trial: trial.validation,
        ).result
        for arm in arms
    ]


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
    settings = validate(layered(Path(), [], "study"), "recipes/study.yaml")
    datasets = asked.datasets or settings.run.datasets
    found: list[Asked] = []
    with fixed():
        for dataset in datasets:
            found.append(ask(settings, dataset, PIECES))
            if len(found) > 1:  # a family; the page grows with it
                write_json(asked.out / "study.json", record(found, settings))
                write_text(asked.out / "study.md", page(found, settings))
                draw(asked.out / "study.svg", found, settings)


if __name__ == "__main__":
    main()
