"""Writes runs to MLflow; ``registered.models`` writes the models."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    Metric,
    Param,
    Run,
)
from mlflow.tracking.context.registry import resolve_tags

from fewqubit.base.io.files import replacing
from fewqubit.tasks.scores import ACCURACY, Score
from fewqubit.tracking.address import (
    ARTIFACTS,
    SCORE_TAG,
    SETTING,
    experiment_name,
    home,
    sqlite_file,
    sqlite_uri,
)
from fewqubit.tracking.database.percent import allow_percent
from fewqubit.tracking.reach import PORTS
from fewqubit.tracking.record import NOTE, LoggedData, Record
from fewqubit.tracking.remote import speaking_to
from fewqubit.tracking.store import writing
from fewqubit.tracking.times import milliseconds
from fewqubit.tracking.view import PAGE, comparison
from fewqubit.tracking.view import TAG as VIEW_TAG

METRICS_PER_BATCH, PARAMS_PER_BATCH = 1000, 100  # MLflow's limits
KIND = "mlflow.experimentKind"  # without it the pages may think of chat bots
DECIMALS = 6  # finer than any of our figures; the pages would show 0.19999999999999996
EXPERIMENT_NOTE = """\
[Compare the runs]({}).
Each run mirrors one result in dvc.lock: a learner (the quantum arm has its bare name), its twin, or
a baseline, all on the same frozen test episodes. `eval/` is {score} on them with its confidence
interval, `cost/` what it took, `train/` and `validation/` the learning curves (mean over training
seeds), `adapt/` {score} against adaptation steps and shots. The verdict on quantum against twin,
which needs paired episodes, is in the report among each run's artifacts.
"""


@contextmanager
def connected(uri: str) -> Iterator[MlflowClient]:
    """A client that writes to ``uri``; a missing SQLite file is created complete or not at all.

    Raises PipelineError as ``speaking_to``, ArtifactError as ``writing``.
    """
    database, before = sqlite_file(uri), os.environ.get(SETTING)
    with speaking_to(uri):
        if database is not None:
            _open_for_writing(database)
        try:
            # a client asks the default store for the model it registers; MLflow also exports it
            mlflow.set_tracking_uri(uri)
            yield MlflowClient(uri)
        finally:
            mlflow.set_tracking_uri(before)  # the next project has a database of its own


def _open_for_writing(database: Path) -> None:
    allow_percent()
    # a connection kept open would go on writing into a file that was set aside or deleted
    os.environ.setdefault("MLFLOW_SQLALCHEMYSTORE_POOLCLASS", "NullPool")
    if database.exists():
        with writing(database):  # MLflow would wait for minutes for a program that holds it
            return
    with replacing(database) as partial:
        partial.unlink(missing_ok=True)
        make_tables(partial)


def make_tables(database: Path) -> None:
    """Make MLflow's tables, in seconds; it never mends half-built ones."""
    MlflowClient(sqlite_uri(database)).search_experiments(max_results=1)


def experiment_id(client: MlflowClient, root: Path, dataset: str, score: Score) -> str:
    """The experiment of a data set that is scored by ``score``, made if need be."""
    name = experiment_name(dataset)
    known = known_experiment(client, name)
    if known is not None:
        return known
    shows = comparison(milliseconds(datetime.now(UTC)), score.key)
    number = new_experiment(client, root, name, {VIEW_TAG: shows, SCORE_TAG: score.name})
    note = EXPERIMENT_NOTE.format(PAGE.format(number), score=score.name)
    client.set_experiment_tag(number, NOTE, note)
    return number


def known_experiment(client: MlflowClient, name: str) -> str | None:
    """The experiment of that name; one that was deleted comes back, for it has new results."""
    found = client.get_experiment_by_name(name)
    if found is None:
        return None
    if found.lifecycle_stage == LifecycleStage.DELETED:
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def new_experiment(client: MlflowClient, root: Path, name: str, tags: Mapping[str, str]) -> str:
    """An experiment of that name, its artifacts where the store keeps them."""
    # a server has its own place for artifacts; a bare database must be told one, or MLflow would
    # take a folder of whatever place this process is in
    kind_of_store = str(client.tracking_uri).partition("://")[0].partition("+")[0]
    own_place = kind_of_store in ("sqlite", *PORTS)
    location = (home(root) / ARTIFACTS / name).as_uri() if own_place else None
    kind = {KIND: "custom_model_development"}
    return str(client.create_experiment(name, location, kind | dict(tags)))


def open_run(client: MlflowClient, experiment: str, record: Record) -> Run:
    """Start a run that holds the whole record; the caller closes it once its models are there."""
    start, end = milliseconds(record.start), milliseconds(record.end)
    tags = resolve_tags(record.tags)  # adds the person who ran it
    run = client.create_run(experiment, start, tags, record.result.name)
    run_id = run.info.run_id
    params = [Param(name, value) for name, value in record.params.items()]
    metrics = [
        Metric(point.name, round(point.value, DECIMALS), end, point.step)
        for point in record.figures
    ]
    for first in range(0, len(params), PARAMS_PER_BATCH):
        client.log_batch(run_id, params=params[first : first + PARAMS_PER_BATCH])
    for first in range(0, len(metrics), METRICS_PER_BATCH):
        client.log_batch(run_id, metrics=metrics[first : first + METRICS_PER_BATCH])
    client.log_inputs(run_id, [_input(episodes) for episodes in record.episodes])
    for file, folder in record.files:
        client.log_artifact(run_id, str(file), folder or None)
    client.set_tag(run_id, NOTE, record.tags[NOTE] + _links(run, record))
    return run


def has_models(score: Score) -> bool:
    """Whether learners of a data set become models: they answer rows with classes.

    What answers with numbers, or with entities in sentences, has its run alone.
    """
    return score is ACCURACY


def _links(run: Run, record: Record) -> str:
    """From the run's page to its report, to other runs, and to registered models, if there are."""
    experiment, name = run.info.experiment_id, experiment_name(record.result.dataset)
    files = f"#/experiments/{experiment}/runs/{run.info.run_id}/artifacts"
    links = {
        path.name: f"{files}/{path.name}"
        for path, folder in record.files
        if not folder and path.suffix in (".html", ".md")
    }
    links["all runs"] = PAGE.format(experiment)
    if has_models(record.score):
        links["models"] = f"#/models/{name}"
    return "\n\n" + " · ".join(f"[{text}]({link})" for text, link in links.items())


def close_run(client: MlflowClient, run: Run, record: Record) -> None:
    """Mark the run as finished when the result was; only now does its key count as known."""
    client.set_terminated(run.info.run_id, "FINISHED", milliseconds(record.end))


def _input(episodes: LoggedData) -> DatasetInput:
    dataset = Dataset(
        name=episodes.name,
        digest=episodes.digest,
        source_type="local",
        source=episodes.source,
        profile=episodes.profile,
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", episodes.context)])
