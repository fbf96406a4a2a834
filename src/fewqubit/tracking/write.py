"""One result becomes one run: its record, then its models, and only then it counts as there."""

from collections.abc import Iterable
from pathlib import Path
from statistics import fmean

from mlflow import MlflowClient
from mlflow.entities import Run

from fewqubit.tracking.address import experiment_name
from fewqubit.tracking.champions import EPISODES, first_task_name
from fewqubit.tracking.client import close_run, experiment_id, open_run
from fewqubit.tracking.figures import best_validation
from fewqubit.tracking.models import TrackedLearner, log_few_shot, log_first_task
from fewqubit.tracking.record import PREPARED, Record, gather, trained_folder
from fewqubit.tracking.registry import elect_champion, register
from fewqubit.tracking.results import LockedResult, LockedStage


def log(
    client: MlflowClient, root: Path, extras: Iterable[LockedStage], result: LockedResult
) -> None:
    """Write the run of ``result``; a process killed in here leaves a run that is discarded."""
    record = gather(root, extras, result)
    run = open_run(client, experiment_id(client, root, result.dataset), record)
    trained = trained_folder(root, result)
    if trained is not None:
        learner = TrackedLearner(root, trained, root / PREPARED / result.dataset)
        _log_learner(client, run, learner, record)
    close_run(client, run, record)


def _log_learner(client: MlflowClient, run: Run, learner: TrackedLearner, record: Record) -> None:
    """Log and register the learner; if it is the best so far, also adapted to the first test task.

    A model holds one training seed; the learner competes by the mean of all.
    """
    name, episodes = experiment_name(record.result.dataset), record.tags[EPISODES]
    accuracy = fmean(best_validation(learner.trained))
    register(client, name, log_few_shot(client, run, learner), record, accuracy)
    champion = elect_champion(client, name, episodes)
    if champion.run_id == run.info.run_id:
        adapted = first_task_name(record.result.dataset)
        model = log_first_task(client, run, learner)
        register(client, adapted, model, record, accuracy)
        elect_champion(client, adapted, episodes)
