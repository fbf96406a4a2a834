"""One result becomes one run: its record, then its models; only then it counts as logged."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from mlflow import MlflowClient
from mlflow.entities import Run

from fewqubit.base.reading import read_yaml
from fewqubit.config import PARAMS_FILE
from fewqubit.config.gate import Gate
from fewqubit.tracking.address import CHAMPION, EPISODES, experiment_name, first_task_name
from fewqubit.tracking.client import close_run, experiment_id, has_models, open_run
from fewqubit.tracking.figures import best_validation
from fewqubit.tracking.record import PREPARED, Record, gather, trained_folder
from fewqubit.tracking.registered.gate import contest
from fewqubit.tracking.registered.models import TrackedLearner, log_few_shot, log_first_task
from fewqubit.tracking.registered.registry import register
from fewqubit.tracking.results import LockedResult, LockedStage


class Written(NamedTuple):
    """A run that is written but does not count yet; lines on what the gate decided, if asked."""

    run: Run
    record: Record
    lines: list[str]


def log(
    client: MlflowClient, root: Path, extras: Iterable[LockedStage], result: LockedResult
) -> Written:
    """Write the run of ``result``. Until ``close``, the next mirror writes it once more instead."""
    record = gather(root, extras, result)
    run = open_run(client, experiment_id(client, root, result.dataset, record.score), record)
    trained, lines = trained_folder(root, result), list[str]()
    if trained is not None and has_models(record.score):
        learner = TrackedLearner(root, trained, root / PREPARED / result.dataset)
        lines = _log_learner(client, run, learner, record) or []
    return Written(run, record, lines)


def close(client: MlflowClient, written: Written) -> None:
    """Now its key counts as known: all that the gate is asked after it was asked."""
    close_run(client, written.run, written.record)


def validated(root: Path, result: LockedResult) -> float:
    """Mean validation accuracy of a learner's seeds; below all of them for a baseline."""
    trained = trained_folder(root, result)
    return -1.0 if trained is None else fmean(best_validation(trained))


def _log_learner(
    client: MlflowClient, run: Run, learner: TrackedLearner, record: Record
) -> list[str]:
    """Log and register the learner; if it is champion then, also adapted to the first test task.

    A model holds one training seed; the learner competes by the mean of all.
    """
    name, episodes = experiment_name(record.result.dataset), record.tags[EPISODES]
    accuracy = fmean(best_validation(learner.trained))
    register(client, name, log_few_shot(client, run, learner), record, accuracy)
    outcome = contest(client, name, episodes, gate_of(learner.project))
    if outcome.champion.run_id == run.info.run_id:
        adapted = first_task_name(record.result.dataset)
        model = log_first_task(client, run, learner)
        version = register(client, adapted, model, record, accuracy)
        client.set_registered_model_alias(adapted, CHAMPION, version.version)
    return [outcome.line] if outcome.line else []


def gate_of(project: Path) -> Gate:
    """The gate of the project's settings, which were valid when the run began."""
    values = read_yaml(project / PARAMS_FILE)
    return Gate.model_validate(values.get("gate", {}) if isinstance(values, Mapping) else {})
