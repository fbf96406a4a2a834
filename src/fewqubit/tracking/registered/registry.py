"""Registered models: a version for each result, the best on validation tasks as ``champion``."""

import json

from mlflow import MlflowClient
from mlflow.entities import LoggedModel
from mlflow.entities.model_registry import ModelVersion
from mlflow.utils.mlflow_tags import MLFLOW_MODEL_VERSIONS

from fewqubit.tracking.address import CHAMPION, EPISODES, first_task_name
from fewqubit.tracking.record import Record

ACCURACY = "validation_accuracy"
DISMISSED = "gate.dismissed"  # a champion that a person took back: it does not return by itself

DESCRIPTION = """\
{kind} Trained on `{dataset}`.
A version for each result; `champion` was chosen on validation tasks and moves through a gate.

`mlflow models serve -m models:/{name}@champion` answers at /invocations.
"""
KINDS = {
    True: "Has adapted to the first test task: send rows, get their classes.",
    False: "Learns from each request: send rows with a `label` and rows without one.",
}


def register(
    client: MlflowClient, name: str, model: LoggedModel, record: Record, accuracy: float
) -> ModelVersion:
    """``model`` as a new version of ``name``, with the tags that the choice of a champion needs."""
    tags = {tag: record.tags[tag] for tag in ("learner", "arm", EPISODES, "manifest.test")}
    tags[ACCURACY] = f"{accuracy:.6f}"
    describe(client, name, _description(name, record.result.dataset))
    version = client.create_model_version(
        name,
        model.model_uri,
        model.source_run_id,
        tags=tags,
        description=f"{record.result.name}: {accuracy:.1%} on validation tasks",
        model_id=model.model_id,
    )
    link = json.dumps([{"name": name, "version": version.version}])
    client.set_logged_model_tags(model.model_id, {MLFLOW_MODEL_VERSIONS: link})  # for the pages
    return version


def _description(name: str, dataset: str) -> str:
    kind = KINDS[name == first_task_name(dataset)]
    return DESCRIPTION.format(kind=kind, name=name, dataset=dataset)


def describe(client: MlflowClient, name: str, text: str) -> None:
    """Make the registered model if need be; a description that a person wrote stays."""
    found = client.search_registered_models(f"name = '{name}'")
    if not found:
        client.create_registered_model(name, description=text)
    elif not found[0].description:
        client.update_registered_model(name, text)


def elect_champion(client: MlflowClient, name: str, episodes: str) -> ModelVersion:
    """Give the alias to the version with the best validation accuracy, and return it.

    Test accuracy plays no part. Only versions that were validated on the episodes with this hash
    compare; of equals the oldest stays. A person's own version, without our tags, cannot win.
    """
    best = best_version(client, name, episodes)
    client.set_registered_model_alias(name, CHAMPION, best.version)
    return best


def best_version(client: MlflowClient, name: str, episodes: str) -> ModelVersion:
    """The version with the best validation accuracy on these episodes; of equals the oldest.

    One that was dismissed comes after all others.
    """
    return max(
        _versions(client, name, episodes),
        key=lambda v: (DISMISSED not in v.tags, float(v.tags[ACCURACY]), -int(v.version)),
    )


def replace_champion(client: MlflowClient, name: str, episodes: str) -> str:
    """Put one chosen on ``episodes`` in the place of a champion of other data, or none; a line.

    Results that come back, because their data did, have their versions already.
    """
    if _versions(client, name, episodes):
        best = elect_champion(client, name, episodes)
        return f"{name}: version {best.version} is champion, for the data are other ones now"
    client.delete_registered_model_alias(name, CHAMPION)
    return f"{name}: no champion any more, for it was chosen on other data"


def _versions(client: MlflowClient, name: str, episodes: str) -> list[ModelVersion]:
    found = client.search_model_versions(f"name = '{name}'")
    return [version for version in found if version.tags.get(EPISODES) == episodes]
