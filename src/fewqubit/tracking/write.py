"""One result becomes one run: its record, then its models, and only then it counts as there."""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

import mlflow
from mlflow import MlflowClient

from fewqubit.tracking.client import close_run, experiment_id, open_run
from fewqubit.tracking.figures import best_validation
from fewqubit.tracking.models import log_few_shot, log_first_task
from fewqubit.tracking.record import PREPARED, Record, gather, trained_folder
from fewqubit.tracking.registry import EPISODES, elect_champion, register
from fewqubit.tracking.results import Result, Stage
from fewqubit.tracking.store import experiment_name


def log(client: MlflowClient, root: Path, stages: Mapping[str, Stage], result: Result) -> None:
    """Write the run of ``result``; a process killed in here leaves a run that is discarded."""
    record = gather(root, stages, result)
    experiment = experiment_id(client, root, result.dataset)
    run_id = open_run(client, experiment, record)
    trained = trained_folder(root, result)
    if trained is not None:
        mlflow.set_experiment(experiment_id=experiment)  # where MLflow lists the models
        _log_learner(client, run_id, trained, root / PREPARED / result.dataset, record)
    close_run(client, run_id, record)


def _log_learner(
    client: MlflowClient, run_id: str, trained: Path, prepared: Path, record: Record
) -> None:
    """A model holds one training seed; the learner competes by the mean of all."""
    name, accuracy = experiment_name(record.result.dataset), fmean(best_validation(trained))
    models = {
        name: log_few_shot(run_id, trained, prepared),
        f"{name}-first-task": log_first_task(run_id, trained, prepared),
    }
    for registered, model in models.items():
        register(client, registered, model, record, accuracy)
        elect_champion(client, registered, record.tags[EPISODES])
