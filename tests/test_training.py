"""From prepared examples to files and back: training, killing, resuming, loading, evaluating."""

from pathlib import Path

import jax
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from fewqubit.checkpoint import load_checkpoint, save_checkpoint
from fewqubit.config import (
    Circuit,
    Device,
    Digits,
    Encoder,
    Episodes,
    Evaluation,
    Maml,
    ProtoNet,
    Training,
    load_settings,
)
from fewqubit.data import load_examples
from fewqubit.errors import ArtifactError, DataError
from fewqubit.estimator import AdaptedClassifier, FewShotClassifier
from fewqubit.evaluate.results import read_episodes
from fewqubit.evaluation import evaluate_and_save
from fewqubit.files import read_json, sha256, write_json
from fewqubit.keys import root_key
from fewqubit.tasks.prepare import prepare
from fewqubit.trained import load_trained
from fewqubit.training import Assignment, train_and_save

TOP = Path(__file__).parents[1]
EPISODES = Episodes(n_way=3, n_shot=2, n_query=3, n_validation=5, n_test=40)
ENCODER = Encoder(kind="mlp")
TRAINING = Training(steps=6, validate_every=2, tasks_per_step=2, learning_rate=0.01)
PROTONET = ProtoNet(
    kind="protonet",
    encoder=ENCODER,
    circuit=Circuit(feature_map="hardware_efficient", n_qubits=3, repetitions=2),
    training=TRAINING,
    seeds=2,
)
MAML = Maml(
    kind="maml",
    encoder=ENCODER,
    circuit=Circuit(feature_map="angle", n_qubits=2, ansatz="real_amplitudes", layers=1),
    inner_steps=2,
    training=TRAINING.model_copy(update={"steps": 2}),
    seeds=2,
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    digits = load_settings(TOP / "params.yaml").datasets["digits"]
    assert isinstance(digits, Digits)
    settings = digits.model_copy(update={"episodes": EPISODES})
    prepare("digits", settings, root_key(0), folder)
    return folder


def train(
    folder: Path, prepared: Path, settings: ProtoNet | Maml = PROTONET, arm: str = "quantum"
) -> Path:
    """Train in ``folder``, the working directory, as a stage does; where the result lies."""
    place = folder / "trained" / "digits" / settings.kind / arm
    work = Assignment("digits", settings.kind, arm, settings, EPISODES, prepared)
    train_and_save(work, root_key(0), place)
    return place


@pytest.fixture(scope="module")
def trained(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("undisturbed")
        patch.chdir(folder)
        return train(folder, prepared)


def checksums(place: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(place.iterdir())}


def test_a_killed_run_resumes_to_the_same_bytes(
    prepared: Path, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = []

    def killed_after_two(path: Path, progressing: object) -> None:
        save_checkpoint(path, progressing)
        written.append(path)
        if len(written) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("fewqubit.training.save_checkpoint", killed_after_two)
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


@pytest.mark.parametrize("arm", ["quantum", "twin"])
def test_gradient_learners_are_evaluated_step_by_step(
    arm: str, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = train(tmp_path, prepared, MAML, arm)
    reading = Evaluation(
        resamples=100,
        devices={"device": Device(backend="exact")},
        device_episodes=2,
        device_adaptation="measured",
    )
    out = tmp_path / "evaluated" / "digits" / "maml" / arm
    evaluate_and_save(place, prepared, reading, root_key(0), out)
    curve = pd.read_csv(out / "adaptation.csv").groupby(["setting", "value"])["accuracy"].mean()
    np.testing.assert_allclose(curve["steps", 0], 1 / 3, atol=1e-6)
    accuracies = read_episodes(out / "episodes.parquet")
    np.testing.assert_allclose(curve["shots", 2], accuracies.after.mean(), atol=1e-9)
    np.testing.assert_allclose(curve["steps", 2], accuracies.after.mean(), atol=0.02)
    devices = read_json(out / "devices.json")
    assert {*devices} == ({"device"} if arm == "quantum" else set())
    for on in devices.values():  # gradients by shifted circuits lead where the exact ones do
        assert on["accuracy"] == pytest.approx(on["accuracy_exact"])
        assert on["adapt"]["circuits"] > 2 * on["answer"]["circuits"]
    cost = read_json(out / "cost.json")
    assert (cost["depth"] is None) == (cost["shots_adapt"] == 0) == (arm == "twin")
    assert cost["device"] == reading.cost_device.backend


def test_evaluation_repeats_to_the_byte(prepared: Path, trained: Path, tmp_path: Path) -> None:
    devices = {"exact": Device(backend="exact"), "shots": Device(backend="shots", shots=10)}
    reading = Evaluation(resamples=100, devices=devices, device_episodes=5)
    places = [tmp_path / name / "digits" / "protonet" / "quantum" for name in "ab"]
    for place in places:
        evaluate_and_save(trained, prepared, reading, root_key(0), place)
    assert checksums(places[0]) == checksums(places[1])
    measured = read_json(places[0] / "devices.json")
    assert measured["exact"]["accuracy"] == pytest.approx(measured["exact"]["accuracy_exact"])
    assert measured["shots"]["answer"] == {
        "circuits": 6, "shots": 60, "depth": None, "two_qubit_gates": None
    }  # fmt: skip
    figures = read_json(places[0] / "metrics.json")
    assert figures["accuracy_before"] == pytest.approx(1 / 3)
    assert figures["accuracy_low"] <= figures["accuracy"] <= figures["accuracy_high"]


def test_a_damaged_result_is_refused(trained: Path, tmp_path: Path) -> None:
    card = read_json(trained / "learner.json")
    (tmp_path / "params.safetensors").write_bytes((trained / "params.safetensors").read_bytes())
    write_json(tmp_path / "learner.json", card | {"format": 99})
    with pytest.raises(ArtifactError, match="expected format 1, got 99"):
        load_trained(tmp_path)
    (tmp_path / "params.safetensors").write_bytes(b"half a file")
    write_json(tmp_path / "learner.json", card)
    with pytest.raises(ArtifactError, match=r"params\.safetensors: expected parameters"):
        load_trained(tmp_path)


def test_a_checkpoint_of_nothing_is_the_beginning(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path / "none.npz", "begun") == "begun"


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
    model.save_adapted(tmp_path)
    arrived = AdaptedClassifier.load(tmp_path)
    flat = x[rows].reshape(len(rows), -1)  # as a table of pixels
    np.testing.assert_array_equal(arrived.predict_proba(flat), model.predict_proba(x[rows]))
    assert not list(tmp_path.rglob("*.pkl"))


def test_the_estimator_refuses_rows_it_was_not_trained_on(prepared: Path, trained: Path) -> None:
    model = FewShotClassifier.load(trained, prepared)
    with pytest.raises(DataError, match="rows of 64 numbers"):
        model.fit(np.zeros((4, 5)), [0, 0, 1, 1])
    with pytest.raises(DataError, match="two classes or more"):
        model.fit(np.zeros((4, 64)), [0, 0, 0, 0])
    holed = np.zeros((4, 64))
    holed[2, 3] = np.nan
    with pytest.raises(DataError, match="row 2 has a missing"):
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
