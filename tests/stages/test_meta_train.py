"""From prepared examples to files and back: training, killing, resuming, loading."""

import shutil
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file, save
from sklearn.base import clone

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_json, write_json
from fewqubit.base.keys import root_key
from fewqubit.config import (
    Digits,
    Evaluation,
    load_settings,
)
from fewqubit.data import load_examples
from fewqubit.errors import ArtifactError, DataError
from fewqubit.predict.adapted import ADAPTED, AdaptedClassifier
from fewqubit.predict.estimator import FewShotClassifier
from fewqubit.predict.trained import PARAMS, load_trained
from fewqubit.stages.checkpoint import save_checkpoint
from fewqubit.stages.evaluate import evaluate_and_save
from fewqubit.stages.meta_train import load_training_data
from fewqubit.stages.prepare import prepare
from stages.small_training import EPISODES, PROTONET, TOP, TRAINING, checksums, train


def test_a_killed_run_resumes_to_the_same_bytes(
    prepared: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = []

    def killed_after_two(path: Path, state: object) -> None:
        save_checkpoint(path, state)
        written.append(path)
        if len(written) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("fewqubit.stages.meta_train.save_checkpoint", killed_after_two)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path, prepared)
    begun = load_trained(trained)  # any state of the same shape
    assert written[0].exists()
    assert begun.n_seeds == 2
    assert checksums(train(tmp_path, prepared)) == checksums(trained)
    assert not written[0].exists()


def test_the_learning_curve_has_every_seed_and_validation(trained: Path) -> None:
    curve = pd.read_csv(trained / "curve.csv")
    assert curve["step"].tolist() == [0, 0, 2, 2, 4, 4, 6, 6]
    assert curve["validation_accuracy"].between(0, 1).all()


def test_the_card_tells_what_was_trained(trained: Path) -> None:
    card = read_json(trained / "learner.json")
    parts = card["n_parameters"]
    assert parts["total"] == parts["encoder"] + parts["circuit"] + parts["head"]
    assert parts["encoder"] == 64 * 12 + 12
    runs = card["circuit_evaluations"]
    assert (runs["adapt"], runs["predict_per_query"]) == (0, 6)  # a query meets each support state
    assert card["circuit"].startswith("OPENQASM 3")


Arrays = dict[str, np.ndarray]


def one_leaf_cut(arrays: Arrays) -> Arrays:
    return arrays | {name: arrays[name][:1] for name in sorted(arrays)[:1]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: {name: a[:1] for name, a in arrays.items()}, "expected the arrays"),
        (one_leaf_cut, "expected the arrays"),
        (lambda arrays: {name: a.astype(np.float64) for name, a in arrays.items()}, "float64"),
        (lambda arrays: {name: a * np.float32("nan") for name, a in arrays.items()}, "holds NaN"),
        (lambda arrays: {}, "expected the arrays"),
    ],
)
def test_parameters_that_are_none_are_refused_under_a_card_of_their_own(
    change: Callable[[Arrays], Arrays], message: str, trained: Path, tmp_path: Path
) -> None:
    arrays = change(load_file(trained / "params.safetensors"))
    (tmp_path / "params.safetensors").write_bytes(save(arrays))
    write_card(tmp_path / "learner.json", read_card(trained / "learner.json"), [PARAMS])
    with pytest.raises(ArtifactError, match=message):
        load_trained(tmp_path)


def test_a_circuit_that_was_edited_since_is_refused(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewqubit.predict.trained.circuit_text", lambda circuit: "another")
    with pytest.raises(ArtifactError, match="trained with another circuit"):
        load_trained(trained)


def test_another_data_set_is_refused(prepared: Path, trained: Path, tmp_path: Path) -> None:
    """Its shapes are those of training; its rows and their scaling are not."""
    other = load_settings(TOP / "params.yaml").datasets["digits"]
    assert isinstance(other, Digits)
    features = other.features.model_copy(update={"scale": "standard"})
    changed = other.model_copy(update={"episodes": EPISODES, "features": features})
    prepare("digits", changed, root_key(0), tmp_path / "prepared")
    with pytest.raises(ArtifactError, match=r"transform\.json: .*its own data set"):
        FewShotClassifier.load(trained, tmp_path / "prepared").fit(np.zeros((2, 64)), [0, 1])
    with pytest.raises(ArtifactError, match=r"classes\.json: .*its own data set"):
        evaluate_and_save(
            trained, tmp_path / "prepared", Evaluation(), root_key(0), tmp_path / "out"
        )
    shutil.copy(prepared / "examples.npz", tmp_path / "prepared")
    with pytest.raises(ArtifactError, match=r"examples\.npz: expected the file that classes"):
        load_training_data(tmp_path / "prepared")


def test_the_estimator_adapts_predicts_and_travels(
    prepared: Path, trained: Path, tmp_path: Path
) -> None:
    x, y = load_examples(prepared / "examples.npz")
    names = np.array(read_json(prepared / "classes.json")["names"])
    rows = np.concatenate([np.flatnonzero(y == c)[:8] for c in np.unique(y)[-4:]])
    model = clone(FewShotClassifier.load(trained, prepared))
    model.fit(x[rows], names[y[rows]])
    assert model.score(x[rows], names[y[rows]]) > 0.5
    np.testing.assert_allclose(model.predict_proba(x[rows]).sum(axis=1), 1, atol=1e-5)
    model.save_adapted(tmp_path / "model")
    arrived = AdaptedClassifier.load(tmp_path / "model")
    flat = x[rows].reshape(len(rows), -1)  # as a table of pixels
    np.testing.assert_array_equal(arrived.predict_proba(flat), model.predict_proba(x[rows]))
    assert not list(tmp_path.rglob("*.pkl"))
    card = read_json(tmp_path / "model/adapted.json")
    write_json(tmp_path / "model/adapted.json", card | {"classes": card["classes"][::-1]})
    with pytest.raises(ArtifactError, match=r"adapted\.json: .* edited or damaged; save the adap"):
        AdaptedClassifier.load(tmp_path / "model")
    write_json(tmp_path / "model/adapted.json", card)
    model.fit(x[rows[::-1]], [f"other {name}" for name in names[y[rows]]])  # a task of other names
    model.adapted_.save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / ADAPTED, tmp_path / "model")
    with pytest.raises(ArtifactError, match=r"adapted\.safetensors: expected the file that adapt"):
        AdaptedClassifier.load(tmp_path / "model")


def test_the_estimator_refuses_rows_it_was_not_trained_on(prepared: Path, trained: Path) -> None:
    model = FewShotClassifier.load(trained, prepared)
    with pytest.raises(DataError, match="rows of 64 numbers"):
        model.fit(np.zeros((4, 5)), [0, 0, 1, 1])
    with pytest.raises(DataError, match="two classes or more"):
        model.fit(np.zeros((4, 64)), [0, 0, 0, 0])
    holed = np.zeros((4, 64))
    holed[2, 3] = np.nan
    with pytest.raises(DataError, match="row 3, 'pixel_3': expected a number"):
        model.fit(holed, [0, 0, 1, 1])


def test_arms_start_from_the_same_encoder_and_see_the_same_tasks(
    prepared: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    still = PROTONET.model_copy(
        update={"training": TRAINING.model_copy(update={"learning_rate": 1e-12, "steps": 2})}
    )
    arms = [load_trained(train(tmp_path, prepared, still, arm)) for arm in ("quantum", "twin")]
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6),
        arms[0].params["encoder"],
        arms[1].params["encoder"],
    )


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"n_query": 9999}, r"a task needs n_shot \+ n_query = 10001 .*; lower training.n_shot"),
        ({"n_way": 99}, "a 99-way task needs 99 classes, but there are .*lower training.n_way"),
    ],
)
def test_tasks_that_the_classes_cannot_give_are_one_line(
    prepared: Path, tmp_path: Path, shape: dict[str, int], said: str
) -> None:
    settings = PROTONET.model_copy(update={"training": TRAINING.model_copy(update=shape)})
    with pytest.raises(DataError, match=f"^training of digits/protonet/quantum: {said}") as raised:
        train(tmp_path, prepared, settings)
    assert "\n" not in str(raised.value)
