"""None of these, from settings to a served answer: the stages one after the other, on few rows."""

import json
from io import StringIO
from types import SimpleNamespace

import jax
import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from mlflow.pyfunc.scoring_server import predictions_to_json

from fewqubit.circuits.circuit import Circuit
from fewqubit.config import Baselines, Evaluation, Table
from fewqubit.data.dataset import NoneOfThese
from fewqubit.errors import SettingsError
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.predict.door import with_seeds
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.files import answers
from fewqubit.predict.saved import load_start
from fewqubit.predict.served.adapting import Adapting
from fewqubit.predict.served.server import app_of
from fewqubit.predict.served.service import Service
from fewqubit.stages.baseline import baseline_and_save
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import TrainingJob, train_and_save
from fewqubit.stages.prepare import prepare
from fewqubit.tracking.serving.few_shot import FewShotModel

CLASSES = [f"c{n}" for n in range(9)]  # the last is far away from all others
EPISODES = {"n_way": 2, "n_shot": 2, "n_query": 2, "n_validation": 30, "n_test": 30}
LEARNER = ProtoNet(
    encoder=Mlp(),
    circuit=Circuit(n_qubits=2),
    cosine=20.0,
    temperature=0.01,
    training=Training(steps=1, validate_every=1),
)


def settings_of(path, **none_of_these):
    split = {"meta_train": CLASSES[:3], "validation": CLASSES[3:6], "meta_test": CLASSES[6:8]}
    split["meta_test"] = [*split["meta_test"], "c9"]
    return Table.model_validate(
        {
            "source": "table",
            "path": str(path),
            "label": "label",
            "split": split,
            "episodes": EPISODES,
            "none_of_these": {"recall": 0.9, **none_of_these},
        }
    )


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Ten classes, a direction each; "away" points where none of them does."""
    random = np.random.default_rng(0)
    centres = {name: np.eye(12)[n] for n, name in enumerate([*CLASSES[:8], "c9", "away"])}
    rows = [
        (*centre + 0.1 * random.normal(size=12), name)
        for name, centre in centres.items()
        for _ in range(12)
    ]
    path = tmp_path_factory.mktemp("data") / "rows.csv"
    pd.DataFrame(rows, columns=[*map("x{}".format, range(12)), "label"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def project(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    settings, key = settings_of(table, out_of_scope=["away"]), jax.random.key(0)
    prepared, trained = folder / "prepared" / "d", folder / "trained" / "d" / "protonet" / "quantum"
    evaluated = folder / "evaluated" / "d" / "protonet" / "quantum"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        prepare("d", settings, key, prepared)
        work = with_seeds(LEARNER, 2), settings.episodes, prepared, None, settings.none_of_these
        train_and_save(TrainingJob("d", "protonet", "quantum", *work), key, trained)
        reading = Evaluation(curve_shots=[2], curve_episodes=2, resamples=10)
        evaluate_and_save(trained, prepared, reading, key, evaluated)
    return prepared, trained, evaluated


def test_each_seed_has_a_threshold_that_keeps_what_was_asked(project):
    calibrations = json.loads((project[1] / "learner.json").read_text())["none_of_these"]
    assert len(calibrations) == 2
    assert all(one["recall"] >= 0.9 for one in calibrations)


def test_the_result_tells_how_foreign_queries_of_both_kinds_are_met(project):
    figures = json.loads((project[2] / "metrics.json").read_text())
    for what in ("foreign", "out_of_scope"):
        assert figures[f"{what}_auroc"] > 0.9
        assert figures[f"{what}_false_alarms"] < 0.3
    assert figures["own_recall"] > 0.7


@pytest.mark.parametrize("name", ["cosine", "logistic", "svm"])
def test_baselines_meet_the_same_foreign_queries(project, tmp_path, name):
    reading = Evaluation(curve_shots=[2], curve_episodes=2, resamples=10)
    settings = SimpleNamespace(seed=0, evaluation=reading, baselines=Baselines(), feature_maps={})
    baseline_and_save(settings, project[0], name, tmp_path)
    figures = json.loads((tmp_path / "metrics.json").read_text())
    for what in ("foreign", "out_of_scope"):
        assert figures[f"{what}_auroc"] > 0.7
        assert 0 <= figures[f"{what}_false_alarms"] < 0.7
    assert figures["own_recall"] > 0.7


def test_a_file_and_a_server_are_answered_with_none_alike(project, table):
    prepared, trained, _ = project
    rows = pd.read_csv(table)
    known = rows[rows["label"].isin(["c6", "c7"])].groupby("label").head(2)
    away = rows[rows["label"] == "away"].drop(columns="label")
    own = rows[rows["label"] == "c6"].drop(columns="label").tail(3)
    asked, support = pd.concat([own, away]), known.drop(columns="label")
    model = FewShotClassifier.load(trained, prepared).fit(support, known["label"])
    named = answers(model, asked)["label"]
    assert named.head(3).tolist() == ["c6"] * 3
    assert named.isna().mean() > 0.5
    start, _, _ = load_start(trained, prepared)
    service = Service(Adapting(start))
    labels = service.answer(
        support.to_dict("records"), known["label"].tolist(), asked.to_dict("records")
    ).labels
    assert labels == [
        None if missing else one for one, missing in zip(named, named.isna(), strict=True)
    ]


def test_over_http_and_by_mlflow_a_foreign_row_has_the_label_null(project, table, tmp_path):
    prepared, trained, _ = project
    rows = pd.read_csv(table)
    known = rows[rows["label"].isin(["c6", "c7"])].groupby("label").head(2)
    away = rows[rows["label"] == "away"].drop(columns="label")
    support = known.drop(columns="label")
    model = FewShotClassifier.load(trained, prepared).fit(support, known["label"])
    expected = [None if one is None else str(one) for one in model.predict(away)]
    assert None in expected
    model.save(tmp_path / "model")
    body = {"rows": support.to_dict("records"), "labels": known["label"].tolist()}
    with TestClient(app_of(tmp_path / "model")) as client:
        asked = client.post("/predict", json=body | {"queries": away.to_dict("records")})
        assert asked.json()["labels"] == expected
        client.put("/models/one", json=body)
        asked = client.post("/models/one/predict", json={"queries": away.to_dict("records")})
        assert asked.json()["labels"] == expected
    served = FewShotModel()
    served.load_context(SimpleNamespace(artifacts={"folder": str(tmp_path / "model")}))
    output = StringIO()
    answered = served.predict(pd.concat([known, away]))
    predictions_to_json(answered, output)
    labels = [one["label"] for one in json.loads(output.getvalue())["predictions"]]
    assert labels == expected


@pytest.mark.parametrize(
    ("named", "line"),
    [("nowhere", "expected classes of the data, got nowhere"), ("c7", "got 'c7' of meta_test")],
)
def test_a_class_that_cannot_be_out_of_scope_is_one_line(table, tmp_path, named, line):
    settings = settings_of(table, out_of_scope=[named])
    with pytest.raises(SettingsError, match=line):
        prepare("d", settings, jax.random.key(0), tmp_path / "d")
    assert NoneOfThese().recall == 0.95
