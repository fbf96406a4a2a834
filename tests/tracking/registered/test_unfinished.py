"""A writer that is killed at the gate: the alias goes back, and the same two are asked about."""

import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from fewqubit.tracking import mirror
from fewqubit.tracking.address import ADAPTED, CHAMPION, KEY_TAG
from fewqubit.tracking.registered.gate import BEFORE, enthrone
from fewqubit.tracking.registered.standing import Standing, standings
from fewqubit.tracking.registered.unfinished import discard_unfinished
from locked_project import Project

NAME = "fewqubit-digits"


class Store:
    """Runs with a key, and versions of both models of a data set."""

    def __init__(self, root: Path) -> None:
        self.client = MlflowClient(f"sqlite:///{root}/mlflow.db")
        self.experiment = self.client.create_experiment(NAME)
        for name in (NAME, NAME + ADAPTED):
            self.client.create_registered_model(name)

    def version(self, key: str, finished: bool = True) -> str:
        """A version of both models, whose run counts if ``finished``."""
        run = self.client.create_run(self.experiment, tags={KEY_TAG: key}).info.run_id
        for name in (NAME, NAME + ADAPTED):
            made = self.client.create_model_version(name, "s3://models/one", run)
        if finished:
            self.client.set_terminated(run)
        return str(made.version)

    def crown(self, version: str) -> None:
        new = self.client.get_model_version(NAME, version)
        champion = self.champion(NAME)
        old = self.client.get_model_version(NAME, champion) if champion else None
        enthrone(self.client, NAME, new, old, "it is better")

    def champion(self, name: str) -> str | None:
        found = self.client.get_registered_model(name).aliases.get(CHAMPION)
        return None if found is None else str(found)


@pytest.fixture
def store(stored: Project) -> Store:
    return Store(stored.root)


def test_the_alias_returns_to_the_champion_before(store: Store) -> None:
    first, second = store.version("a"), store.version("b", finished=False)
    store.crown(first)
    store.crown(second)
    discard_unfinished(store.client, ["b"])
    assert store.champion(NAME) == store.champion(NAME + ADAPTED) == first
    assert [one.version for one in store.client.search_model_versions(f"name='{NAME}'")] == [1]
    third = store.version("b")
    store.crown(third)
    assert store.client.get_model_version(NAME, third).tags[BEFORE] == first, "rollback knows it"


def test_an_alias_that_is_elsewhere_stays(store: Store) -> None:
    first, second = store.version("a"), store.version("b", finished=False)
    store.crown(second)
    store.crown(first)
    discard_unfinished(store.client, ["b"])
    assert store.champion(NAME) == first


def test_runs_of_others_are_left_alone(store: Store) -> None:
    other = store.version("c", finished=False)
    store.client.create_run(store.experiment)  # a person's own, with no key
    discard_unfinished(store.client, ["b"])
    assert [str(one.version) for one in store.client.search_model_versions(f"name='{NAME}'")] == [
        other
    ]


def test_a_kill_before_the_baselines_were_asked_asks_them_again(
    stored: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.baseline()
    stored.baseline("logistic")
    asked, ask = list[str](), "fewqubit.tracking.registered.gate.baseline_ahead"
    with monkeypatch.context() as killed:
        killed.setattr(ask, lambda *_: sys.exit(9))
        with pytest.raises(SystemExit):
            mirror(stored.root)
    monkeypatch.setattr(ask, lambda _, dataset, __: asked.append(dataset) or [])
    summary = mirror(stored.root)
    assert (len(summary.logged), summary.known, asked) == (1, 1, ["digits"])


def test_a_standing_tells_who_is_champion_and_why(store: Store, stored: Project) -> None:
    store.crown(store.version("a"))
    found = standings(stored.root, [NAME, "fewqubit-nothing"])
    assert found == {NAME: Standing("1", "", "it is better")}
