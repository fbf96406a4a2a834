"""One search becomes a run, its trials nested runs; it counts only when all are logged."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, ViewType
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from fewqubit.search.results import OWN
from fewqubit.tracking.address import KEY_TAG, experiment_name
from fewqubit.tracking.client import known_experiment, new_experiment
from fewqubit.tracking.searches.record import SearchRecord
from fewqubit.tracking.times import milliseconds

VALIDATED = "validation/{}"  # accuracy, or what else the data set is scored by
SECONDS = "cost/seconds"
EXPERIMENT_NOTE = """\
Each run is the search for the settings of a learner in one arm, and holds a run for each trial.
Scores, here {score}, are on validation episodes. Every arm had the same budget.
"""


def log(client: MlflowClient, root: Path, search: SearchRecord) -> None:
    """Write the run of ``search`` and those of its trials, in place of what a kill left of them."""
    experiment = _experiment(client, root, search)
    for left in list(_unfinished(client, experiment, search)):
        client.delete_run(left)
    parent = _open(client, experiment, search)
    for trial in search.trials:
        _log_trial(client, experiment, parent, search, trial)
    client.set_terminated(parent.info.run_id, "FINISHED", max(map(_end, search.trials)))


def _experiment(client: MlflowClient, root: Path, search: SearchRecord) -> str:
    """An experiment for searches alone: their trials would crowd the charts of the results."""
    name = f"{experiment_name(search.card['dataset'])}-search"
    note = {"mlflow.note.content": EXPERIMENT_NOTE.format(score=search.score.name)}
    return known_experiment(client, name) or new_experiment(client, root, name, note)


def _open(client: MlflowClient, experiment: str, search: SearchRecord) -> Run:
    """The run of the whole search, still running."""
    card = search.card
    start = min(map(_start, search.trials))
    tags = _tags(search) | {KEY_TAG: search.key}
    run = client.create_run(experiment, start, tags, f"{search.name} search")
    params = {f"search.{name}": json.dumps(value) for name, value in card["plan"].items()}
    params |= {f"space.{name}": json.dumps(axis) for name, axis in card["space"].items()}
    params |= {f"best.{name}": json.dumps(value) for name, value in card["values"].items()}
    score = VALIDATED.format(search.score.key)
    figures = {score: card["best"], f"{score}_median": card["median"]}
    figures |= {SECONDS: card["seconds"], "search/trials": float(card["trials"])}
    _fill(client, run, params, figures, max(map(_end, search.trials)))
    for name in ("search.json", "trials.csv"):
        client.log_artifact(run.info.run_id, str(search.folder / name))
    return run


def _log_trial(
    client: MlflowClient,
    experiment: str,
    parent: Run,
    search: SearchRecord,
    trial: Mapping[str, str],
) -> None:
    tags = _tags(search) | {MLFLOW_PARENT_RUN_ID: parent.info.run_id}
    name = f"{search.name} trial {trial['trial']}"
    run = client.create_run(experiment, _start(trial), tags, name)
    params = {name: value for name, value in trial.items() if name not in OWN}
    score = VALIDATED.format(search.score.key)
    figures = {score: float(trial["validation_accuracy"]), SECONDS: float(trial["seconds"])}
    _fill(client, run, params, figures, _end(trial))
    client.set_terminated(run.info.run_id, "FINISHED", _end(trial))


def _fill(
    client: MlflowClient,
    run: Run,
    params: Mapping[str, str],
    figures: Mapping[str, float],
    end: int,
) -> None:
    client.log_batch(
        run.info.run_id,
        [Metric(name, value, end, 0) for name, value in figures.items()],
        [Param(name, value) for name, value in params.items()],
    )


def _unfinished(client: MlflowClient, experiment: str, search: SearchRecord) -> Iterator[str]:
    """Runs of this search that a killed writer left: the parent is running still."""
    mine = f"tags.`{KEY_TAG}` = '{search.key}' and attributes.status = 'RUNNING'"
    for parent in client.search_runs([experiment], mine, ViewType.ACTIVE_ONLY):
        within = f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent.info.run_id}'"
        for trial in client.search_runs([experiment], within, ViewType.ACTIVE_ONLY):
            yield trial.info.run_id
        yield parent.info.run_id


def _tags(search: SearchRecord) -> dict[str, str]:
    return {name: search.card[name] for name in ("dataset", "learner", "arm")} | {"search": "yes"}


def _start(trial: Mapping[str, str]) -> int:
    return milliseconds(datetime.fromisoformat(trial["started"]))


def _end(trial: Mapping[str, str]) -> int:
    lasted = timedelta(seconds=float(trial["seconds"]))
    return milliseconds(datetime.fromisoformat(trial["started"]) + lasted)
