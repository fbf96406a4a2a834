"""A trained learner on frozen episodes: the same bytes again, and a damaged result is refused."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fewqubit.base.io.files import read_json, write_json
from fewqubit.base.keys import root_key
from fewqubit.config import (
    Device,
    Evaluation,
)
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.result_files import read_episodes
from fewqubit.predict.trained import load_trained, longest_training
from fewqubit.stages.evaluate import evaluate_and_save
from stages.small_training import MAML, checksums, train


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


def test_the_length_of_a_training_is_known_before_anything_is_computed(
    trained: Path, tmp_path: Path
) -> None:
    settings = read_json(trained / "learner.json")["settings"]
    assert longest_training(trained) == settings["training"]["steps"]
    with pytest.raises(ArtifactError):
        longest_training(tmp_path)


def test_a_damaged_result_is_refused(trained: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(trained, tmp_path / "copy"))
    card = read_json(trained / "learner.json")
    for changed, message in [
        (card | {"format": 99}, "expected format 3, got 99"),
        (card | {"arm": "twin"}, "edited or damaged"),
        (card | {"validation_accuracy": [1.0]}, "edited or damaged"),
    ]:
        write_json(place / "learner.json", changed)
        with pytest.raises(ArtifactError, match=message):
            load_trained(place)
    write_json(place / "learner.json", card)
    for content in (b"half a file", (trained / "params.safetensors").read_bytes()[:-1]):
        (place / "params.safetensors").write_bytes(content)
        with pytest.raises(ArtifactError, match=r"params\.safetensors: expected the file that"):
            load_trained(place)
