"""One walk becomes a run and, where its features are those of rows, a version of a model."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Metric, Param, Run
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from fewqubit.base.io.files import write_text
from fewqubit.stages.streams.arrived import FEATURES
from fewqubit.stages.streams.model import MODEL
from fewqubit.tracking.address import KEY_TAG
from fewqubit.tracking.client import known_experiment, new_experiment
from fewqubit.tracking.commit import commit_tags
from fewqubit.tracking.record import NOTE, flat
from fewqubit.tracking.registered.models import TrackedLearner, log_few_shot
from fewqubit.tracking.registered.registry import describe
from fewqubit.tracking.streams.picture import draw_matrix
from fewqubit.tracking.streams.record import WalkRecord, asked_names, figures, matrix
from fewqubit.tracking.times import milliseconds, span

ASKED, BEFORE = "stream.asked", "stream.asked_before"
ANSWERS = "answers"  # the folder of R among a run's files
EXPERIMENT_NOTE = """\
Each run is a learner's walk through the stream, in one arm and one way to go on. `stream/newest`,
`stream/all` and `stream/next` have the group as their step: accuracy in the newest group, over all
that arrived, and in the next one before it is learned. R is among the files.
"""
DESCRIPTION = """\
What a learner knows after the last group of the stream `{stream}`. A version for each walk;
`champion` moves through a gate, on the frozen episodes of all groups that have arrived.
"""


class Written(NamedTuple):
    """A run that is written but does not count yet, and when its walk ended, in milliseconds."""

    run_id: str
    end: int


def log(client: MlflowClient, root: Path, record: WalkRecord) -> Written:
    """Write the run of a walk. Until ``close``, the next mirror writes it again, in its place."""
    walk, time = record.walk, span(root, record.walk.stage)
    experiment = _experiment(client, root, walk.model)
    start, end = (milliseconds(moment) for moment in (time.start, time.end))
    run = client.create_run(experiment, start, _tags(root, record), walk.name)
    run_id = run.info.run_id
    client.log_batch(run_id, params=_params(record)[:100])
    metrics = [Metric(one.name, round(one.value, 6), end, one.step) for one in figures(record)]
    for first in range(0, len(metrics), 1000):
        client.log_batch(run_id, metrics=metrics[first : first + 1000])
    _log_files(client, run, record)
    features = root / "artifacts" / "arrived" / walk.stream / FEATURES
    if (record.folder / MODEL).is_dir() and features.is_dir():
        learner = TrackedLearner(root, record.folder / MODEL, features)
        _register(client, log_few_shot(client, run, learner), record)
    return Written(run_id, end)


def close(client: MlflowClient, written: Written) -> None:
    """Now its key counts as known: the gate was asked."""
    client.set_terminated(written.run_id, "FINISHED", written.end)


def _experiment(client: MlflowClient, root: Path, name: str) -> str:
    note = {NOTE: EXPERIMENT_NOTE}
    return known_experiment(client, name) or new_experiment(client, root, name, note)


def _tags(root: Path, record: WalkRecord) -> dict[str, str]:
    return commit_tags(root) | _who(record) | {KEY_TAG: record.walk.key}


def _who(record: WalkRecord) -> dict[str, str]:
    walk, (asked, before) = record.walk, asked_names(record.card)
    who = {name: getattr(walk, name) for name in ("stream", "learner", "arm", "way")}
    return who | {ASKED: asked, BEFORE: before}


def _params(record: WalkRecord) -> list[Param]:
    settings = {"way": {"name": record.walk.way, **record.card["going"]}}
    values = {**record.card["settings"], **settings, "groups": len(record.card["groups"])}
    return [Param(name, value) for name, value in flat(values)]


def _log_files(client: MlflowClient, run: Run, record: WalkRecord) -> None:
    with TemporaryDirectory() as folder:
        write_text(Path(folder, "R.csv"), matrix(record))
        mean = record.answered.after.mean((2, 3))
        title = f"{record.walk.stream}: {record.walk.name}"
        draw_matrix(Path(folder, "R.png"), mean, record.card["groups"], title)
        for name in ("R.csv", "R.png"):
            client.log_artifact(run.info.run_id, str(Path(folder, name)))
    for name in ("answers.npz", "walk.json"):
        client.log_artifact(run.info.run_id, str(record.folder / name), ANSWERS)


def _register(client: MlflowClient, model: LoggedModel, record: WalkRecord) -> None:
    name, walk = record.walk.model, record.walk
    describe(client, name, DESCRIPTION.format(stream=walk.stream))
    version = client.create_model_version(
        name,
        model.model_uri,
        model.source_run_id,
        tags=_who(record),
        description=f"{walk.name} after {len(record.card['groups'])} groups",
        model_id=model.model_id,
    )
    link = json.dumps([{"name": name, "version": version.version}])
    client.set_logged_model_tags(model.model_id, {MLFLOW_MODEL_VERSIONS: link})  # for the pages
