"""Cross-validation over meta-train classes: what a fold asks about was never trained on."""

import json
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from fewqubit.base.keys import root_key
from fewqubit.config import AnyLearner, Search, Table
from fewqubit.errors import DataError
from fewqubit.search.folds import folds_of
from fewqubit.search.run import search
from fewqubit.search.work import Work, measure
from fewqubit.stages.meta_train import TrainingJob
from fewqubit.stages.prepare import prepare
from search_work import AtOnce
from trained_project import EPISODES, LEARNER, table

SETTINGS = Table(source="table", path="table.csv", label="kind", episodes=EPISODES)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> TrainingJob:
    root = tmp_path_factory.mktemp("folds")
    with chdir(root):
        Path("table.csv").write_text(table())
        prepare("letters", SETTINGS, root_key(0), root / "prepared")
    learner = TypeAdapter(AnyLearner).validate_python(LEARNER)
    episodes = SETTINGS.episodes
    return TrainingJob("letters", "protonet", "twin", learner, episodes, root / "prepared")


def test_each_fold_asks_about_classes_that_its_training_has_not(trial: TrainingJob) -> None:
    split = json.loads((trial.prepared / "classes.json").read_text())["split"]
    asked: list[int] = []
    for data in folds_of(trial.prepared, "letters", trial.episodes, 2, root_key(1)):
        train = set(np.asarray(data.classes.class_ids).tolist())
        fold = set(np.unique(data.validation.class_ids).tolist())
        assert not train & fold
        assert train | fold == set(split["meta_train"])
        asked += fold
    assert sorted(asked) == sorted(split["meta_train"])


def test_a_trial_is_trained_once_for_each_fold_and_seed(
    trial: TrainingJob, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = measure(trial, 7, "trial", class_folds=2)
    assert len(found.accuracies) == 2 * trial.settings.seeds
    assert all(0 <= accuracy <= 1 for accuracy in found.accuracies)


def test_folds_too_small_for_the_tasks_are_one_line(trial: TrainingJob) -> None:
    with pytest.raises(DataError, match="take fewer folds or a smaller n_way"):
        folds_of(trial.prepared, "letters", trial.episodes, 4, root_key(1))


def test_the_number_of_folds_reaches_the_trials_and_names_the_study(work: Work) -> None:
    plan = Search.model_validate({**work.plan.model_dump(), "class_folds": 3, "trials": 1})
    folded, told = work._replace(plan=plan), []

    class Pool(AtOnce):
        def submit(self, function, /, *args):
            told.append(args[-1])
            return super().submit(function, *args)

    search(folded, Pool(), 1)
    assert told == [3]
    assert folded.study != work.study
