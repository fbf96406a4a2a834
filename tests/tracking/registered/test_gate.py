"""The alias moves through the gate alone, in a real store: runs, files, versions, aliases."""

from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from fewqubit.base.io.files import write_json
from fewqubit.config.gate import Gate
from fewqubit.errors import SettingsError
from fewqubit.evaluate.result_files import write_episodes
from fewqubit.evaluate.results import Accuracies
from fewqubit.tracking.address import CHAMPION, EPISODES
from fewqubit.tracking.registered.gate import (
    BEFORE,
    CHALLENGER,
    FOUND,
    TESTED,
    baseline_ahead,
    contest,
    promote,
    rollback,
)
from fewqubit.tracking.registered.registry import ACCURACY
from locked_project import Project

DATASET, NAME, DATA = "digits", "fewqubit-digits", "a" * 64
SEEDS, N = 3, 100


class Store:
    """Runs with their episodes, and a version of the model for each learner."""

    def __init__(self, root: Path) -> None:
        self.client = MlflowClient(f"sqlite:///{root}/mlflow.db")
        self.root = root
        self.experiment = self.client.create_experiment(NAME, (root / "mlartifacts").as_uri())
        self.client.create_registered_model(NAME)

    def run(self, name: str, arm: str, level: float, parameters: float, tested: str) -> str:
        tags = {"mlflow.runName": name, "arm": arm, TESTED: tested}
        run = self.client.create_run(self.experiment, tags=tags, run_name=name)
        random = np.random.default_rng(1)
        values = np.clip(level + 0.1 * random.normal(size=N), 0, 1)
        values = np.tile(values, (1 if arm == "baseline" else SEEDS, 1))
        folder = self.root / "made" / DATASET / name / arm
        for file in ("adaptation.csv", "confusion.csv"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text("")
        write_json(folder / "metrics.json", {})
        write_episodes(
            folder / "episodes.parquet", DATASET, name, arm, Accuracies(values, values, values)
        )
        self.client.log_artifact(run.info.run_id, str(folder / "episodes.parquet"), "evaluated")
        self.client.log_metric(run.info.run_id, "eval/accuracy", level)
        self.client.log_metric(run.info.run_id, "cost/parameters", parameters)
        return str(run.info.run_id)

    def version(
        self, level: float, validation: float, parameters: float = 100, tested: str = DATA
    ) -> str:
        name = f"learner{validation}"
        run_id = self.run(name, "quantum", level, parameters, tested)
        tags = {EPISODES: DATA, TESTED: tested, ACCURACY: str(validation)}
        made = self.client.create_model_version(NAME, "s3://models/one", run_id, tags=tags)
        return str(made.version)

    def alias(self, alias: str) -> str | None:
        version = self.client.get_registered_model(NAME).aliases.get(alias)
        return None if version is None else str(version)

    def contest(self) -> str:
        return contest(self.client, NAME, DATA, Gate()).line


@pytest.fixture
def store(stored: Project) -> Store:
    return Store(stored.root)


def test_the_first_is_champion_and_a_better_one_passes(store: Store) -> None:
    first = store.version(0.6, validation=0.5)
    assert store.contest() == ""
    assert store.alias(CHAMPION) == first
    second = store.version(0.7, validation=0.6)
    line = store.contest()
    assert f"version {second} is champion" in line
    assert "+10.0 points" in line
    assert store.alias(CHAMPION) == second
    assert store.client.get_model_version(NAME, second).tags[BEFORE] == first
    run = store.client.get_run(store.client.get_model_version(NAME, second).run_id)
    assert run.data.metrics["gate/difference"] == pytest.approx(0.1, abs=0.01)
    kept = store.client.list_artifacts(run.info.run_id, "gate")
    assert [Path(one.path).name for one in kept] == [f"against-version-{first}.json"]
    assert store.contest() == "", "nothing is asked twice"


def test_what_only_validated_better_stays_challenger_until_it_is_cheaper(store: Store) -> None:
    first = store.version(0.6, validation=0.5)
    store.contest()
    second = store.version(0.6, validation=0.6)
    assert f"version {first} stays champion" in store.contest()
    assert (store.alias(CHAMPION), store.alias(CHALLENGER)) == (first, second)
    assert "equivalent and not cheaper" in store.client.get_model_version(NAME, second).tags[FOUND]
    third = store.version(0.6, validation=0.7, parameters=50)
    assert "equivalent and cheaper" in store.contest()
    assert store.alias(CHAMPION) == third


def test_other_episodes_are_no_comparison(store: Store) -> None:
    first = store.version(0.6, validation=0.5)
    store.contest()
    second = store.version(0.9, validation=0.9, tested="b" * 64)
    assert "tested on other episodes" in store.contest()
    assert (store.alias(CHAMPION), store.alias(CHALLENGER)) == (first, second)


def test_a_persons_own_champion_stays(store: Store) -> None:
    store.version(0.6, validation=0.5)
    own = store.client.create_model_version(NAME, "s3://models/own")
    store.client.set_registered_model_alias(NAME, CHAMPION, own.version)
    assert "cannot be compared" in store.contest()
    assert store.alias(CHAMPION) == str(own.version)


def test_by_hand_there_and_back(store: Store) -> None:
    first = store.version(0.6, validation=0.5)
    store.contest()
    second = store.version(0.3, validation=0.6)
    store.contest()
    assert "worse" in promote(store.client, NAME, None, Gate(), anyway=False)
    assert store.alias(CHAMPION) == first
    assert "by hand" in promote(store.client, NAME, second, Gate(), anyway=True)
    assert store.alias(CHAMPION) == second
    assert store.alias(CHALLENGER) is None
    assert f"version {first} is champion again" in rollback(store.client, NAME)
    assert (store.alias(CHAMPION), store.alias(CHALLENGER)) == (first, second)
    third = store.version(0.6, validation=0.4)
    assert store.contest() == "", "what was taken back does not return when a result is added"
    assert store.alias(CHAMPION) == first
    assert "by hand" in promote(store.client, NAME, second, Gate(), anyway=True)
    assert f"version {first} is champion again" in rollback(store.client, NAME)
    assert store.client.get_model_version(NAME, third).aliases == []
    with pytest.raises(SettingsError, match="had one before it"):
        rollback(store.client, NAME)
    with pytest.raises(SettingsError, match="one of its versions, 1, 2, 3; got '9'"):
        promote(store.client, NAME, "9", Gate(), anyway=True)


def test_a_baseline_that_is_ahead_is_said(store: Store) -> None:
    first = store.version(0.6, validation=0.5)
    store.contest()
    store.run("prototype", "baseline", 0.55, 0, DATA)
    assert baseline_ahead(store.client, DATASET, Gate()) == []
    store.run("svm", "baseline", 0.75, 0, DATA)
    (line,) = baseline_ahead(store.client, DATASET, Gate())
    assert "a plain baseline is ahead: svm is better" in line
    assert "svm" in store.client.get_model_version(NAME, first).tags["gate.baseline"]
