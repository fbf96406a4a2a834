"""What a writer left that was killed: its runs, their versions, and an alias that it had moved."""

from collections.abc import Iterable

from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.entities.model_registry import ModelVersion

from fewqubit.tracking.address import CHAMPION, KEY_TAG
from fewqubit.tracking.registered.gate import BEFORE, champion_of, follow
from fewqubit.tracking.remote import runs_of


def discard_unfinished(client: MlflowClient, keys: Iterable[str]) -> None:
    """Delete runs of ``keys``, and their models, that a killed writer left half-written.

    A champion among them gives the alias back first: the gate will be asked again, about the same
    two. Otherwise nobody would be champion, and the next would become it unasked.
    """
    wanted = set(keys)
    for run in runs_of(client, "attributes.status = 'RUNNING'", ViewType.ACTIVE_ONLY):
        if run.data.tags.get(KEY_TAG) in wanted:
            for version in client.search_model_versions(f"run_id = '{run.info.run_id}'"):
                _give_back(client, version)
                client.delete_model_version(version.name, version.version)
            client.delete_run(run.info.run_id)


def _give_back(client: MlflowClient, version: ModelVersion) -> None:
    """The alias goes to the champion before ``version``, if that one has it and is still there."""
    champion, before = champion_of(client, version.name), version.tags.get(BEFORE)
    known = client.search_model_versions(f"name = '{version.name}'")
    earlier = [one for one in known if str(one.version) == before]
    if champion is not None and champion.version == version.version and earlier:
        client.set_registered_model_alias(version.name, CHAMPION, earlier[0].version)
        follow(client, version.name, earlier[0])
