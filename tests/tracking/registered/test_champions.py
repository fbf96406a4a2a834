"""A champion that was chosen on other data does not stay, even when there is nothing to log."""

from mlflow import MlflowClient

from fewqubit.tracking import mirror
from fewqubit.tracking.address import CHAMPION, EPISODES
from fewqubit.tracking.registered.registry import ACCURACY
from locked_project import Project

NAME = "fewqubit-digits"
HERE, ELSEWHERE = "a" * 64, "e" * 64  # the first is what the project's summary says


def versions(project: Project, *made: tuple[str, float]) -> MlflowClient:
    """A registered model with versions of these episodes and accuracies; the last is champion."""
    client = MlflowClient(f"sqlite:///{project.root}/mlflow.db")
    client.create_registered_model(NAME)
    for episodes, accuracy in made:
        tags = {EPISODES: episodes, ACCURACY: str(accuracy)}
        version = client.create_model_version(NAME, "s3://models/one", tags=tags)
    client.set_registered_model_alias(NAME, CHAMPION, version.version)
    return client


def champion(client: MlflowClient) -> str | None:
    version = client.get_registered_model(NAME).aliases.get(CHAMPION)
    return None if version is None else str(version)


def test_data_that_come_back_bring_their_champion_back(stored: Project):
    stored.baseline()
    client = versions(stored, (HERE, 0.6), (HERE, 0.7), (ELSEWHERE, 0.9))
    (note,) = mirror(stored.root).notes
    assert note.startswith("fewqubit-digits: version 2 is champion")
    assert champion(client) == "2"
    assert mirror(stored.root).notes == ()


def test_nobody_is_champion_where_nobody_was_tried_on_these_data(stored: Project):
    stored.baseline()
    client = versions(stored, (ELSEWHERE, 0.9))
    (note,) = mirror(stored.root).notes
    assert "no champion any more" in note
    assert champion(client) is None
    assert mirror(stored.root).notes == ()


def test_a_champion_of_these_data_and_one_that_a_person_made_stay(stored: Project):
    stored.baseline()
    client = versions(stored, (HERE, 0.7), (HERE, 0.6))
    assert mirror(stored.root).notes == ()
    own = client.create_model_version(NAME, "s3://models/own")
    client.set_registered_model_alias(NAME, CHAMPION, own.version)
    assert mirror(stored.root).notes == ()
    assert champion(client) == str(own.version)
