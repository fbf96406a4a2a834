"""Every arm and baseline on one fold of classes: accuracies, and the verdicts of the circuit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings, of_arm
from fewqubit.data.read import read_raw
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Result, Study
from fewqubit.stages.features import Prepared, prepared
from fewqubit.stages.plan import plan
from fewqubit.stages.tuning import refined
from fewqubit.study.jobs import Job, Tasks, baseline_results, results

KEPT = Path(".cache/intents")
SHOTS = (1, 5)


def of_dataset(name: str, settings: Settings) -> dict[str, Any]:
    """Accuracies of every arm and baseline on one data set, and the verdicts of the circuit."""
    key, chosen = root_key(settings.seed), settings.datasets[name]
    own = stream(key, "prepare", name)
    planned, tuned = refined(name, plan(name, chosen, read_raw(chosen), own), chosen, own)
    made = prepared(planned, chosen, own)
    tasks = Tasks(name, made, chosen.episodes, key)
    jobs = [
        Job(learner, arm, of_arm(settings.learners[learner], arm))
        for learner in settings.run.learners
        for arm in settings.run.arms
    ]
    found = [*results(jobs, tasks, settings.evaluation, False, KEPT)]
    plain = [*baseline_results(settings.run.baselines, tasks, settings.evaluation, KEPT)]
    study = Study(name, made.summary | made.asked, found, plain, [], classes_of(made))
    asked = stream(key, "evaluate", name)
    against = find(study, settings.evaluation, asked).against_arms.items() if found else ()
    return {
        "dataset": name,
        "shots": chosen.episodes.n_shot,
        "accuracy": {
            str(shots): {of(one): at(one.adaptation, shots) for one in found}
            | {one.learner: at(one.adaptation, shots) for one in plain}
            for shots in SHOTS
        },
        "tuned": tuned,
        "whitening": made.summary.get("whitening"),
        "steps": {of(one): one.card["best_step"] for one in found},
        "parameters": {of(one): one.card["n_parameters"] for one in found},
        "verdicts": {
            f"{learner}/{arm}": as_record(verdict)
            for (learner, arm), verdict in against
            if verdict is not None
        },
    }


def of(one: Result) -> str:
    """A result by its learner and arm."""
    return f"{one.learner}/{one.arm}"


def at(rows: Sequence[Mapping[str, str]], shots: int) -> float:
    """The accuracy after adaptation, mean over seeds, with so many rows of each class."""
    found = [row for row in rows if row["setting"] == "shots" and int(row["value"]) == shots]
    return float(np.mean([float(row["accuracy"]) for row in found]))


def as_record(verdict: Any) -> dict[str, Any]:
    """A verdict in plain numbers."""
    return {
        "word": verdict.word,
        "difference": verdict.comparison.difference,
        "low": verdict.low,
        "high": verdict.high,
    }


def classes_of(made: Prepared) -> Classes:
    """Which classes each test episode asks about."""
    raw, ids = made.planned.raw, np.asarray(made.manifests["manifest_test"].class_ids)
    names, members = np.unique(raw.groups, return_inverse=True)
    return Classes(ids, members[ids], raw.names, names.tolist())


def with_shots(settings: Settings, dataset: str, shots: int | None) -> Settings:
    """The settings with another number of shots in the tasks of a data set."""
    if shots is None:
        return settings
    described = settings.datasets[dataset]
    episodes = described.episodes.model_copy(update={"n_shot": shots})
    changed = {dataset: described.model_copy(update={"episodes": episodes})}
    return settings.model_copy(update={"datasets": settings.datasets | changed})
