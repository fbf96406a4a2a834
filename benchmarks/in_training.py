"""Shots and noise inside meta-training: what they cost in accuracy, what training with them saves.

    python -m benchmarks.in_training shots
    python -m benchmarks.in_training noise

A readout that adapts alone (``anil``) on the letters of ``glyphs``. The first trains from 100
and 1000 shots of a circuit and exactly, and tests all exactly; the second trains without noise
and with that of two fake devices, and tests both there. Each writes below docs/results.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.circuits.circuit import Circuit
from fewqubit.config import AnyDataset, Device, Evaluation, load_settings
from fewqubit.data.raw import as_float
from fewqubit.data.read import read_raw
from fewqubit.evaluate.answering.devices import OnDevice, evaluate_on
from fewqubit.evaluate.answering.subject import Subject
from fewqubit.evaluate.intervals import distribution, episode_resamples, interval
from fewqubit.meta import build_learner
from fewqubit.meta.answers import Answering, episode_accuracies
from fewqubit.meta.cost import shots_to_train
from fewqubit.meta.settings.start import Anil
from fewqubit.meta.settings.training import Training
from fewqubit.models.network import Params
from fewqubit.models.settings import Mlp
from fewqubit.predict.trained import Trained
from fewqubit.predict.training import train
from fewqubit.stages.features import prepared
from fewqubit.stages.plan import plan
from fewqubit.tasks import Episode, Shape, TrainingData

TESTS = 200
RESULTS, NAME, SEEDS, STEPS = Path("docs/results"), "glyphs", 3, 80
SHOTS, DEVICES = (None, 1000, 100), ("fake_quito", "fake_yorktown")
DEVICE_SHOTS, DEVICE_EPISODES = 1000, 8
CIRCUITS = {
    "shots": Circuit("hardware_efficient", 4, ansatz="real_amplitudes", layers=1),
    "noise": Circuit("hardware_efficient", 4, repetitions=2, ansatz="real_amplitudes", layers=2),
}


class Study:
    """The data, its tasks, and one learner after the other trained on them."""

    def __init__(self, circuit: Circuit) -> None:
        settings: AnyDataset = load_settings().datasets[NAME]
        episodes = {"n_query": 3, "n_validation": 30, "n_test": TESTS}
        features = settings.features.model_copy(update={"flatten": True})
        update = {"episodes": settings.episodes.model_copy(update=episodes), "features": features}
        settings, self.key = settings.model_copy(update=update), root_key(0)
        key = stream(self.key, "prepare", NAME)
        made = prepared(plan(NAME, settings, read_raw(settings), key), settings, key)
        self.circuit, self.episodes, planned = circuit, settings.episodes, made.planned
        self.x, self.tests = jnp.asarray(as_float(made.features)), made.manifests["manifest_test"]
        validation, taught = made.manifests["manifest_validation"], planned.indices["meta_train"]
        self.data = TrainingData(self.x, taught, validation, taught)
        self.names = planned.raw.names
        self._asked: dict[Anil, Answering] = {}

    def learner(self, shots: int | None = None, noise: str = "none") -> Anil:
        """The learner, trained from so many shots or under that noise."""
        training = Training(steps=STEPS, n_query=3, validate_every=40, shots=shots)
        circuit = self.circuit.model_copy(update={"noise": noise})
        return Anil(Mlp((32,)), circuit, reading_scale=5.0, training=training)

    def trained(self, learner: Anil) -> Params:
        """Parameters of every seed; seeds and tasks are the same whatever the learner."""
        keys = jax.vmap(lambda seed: stream(self.key, NAME, "anil", seed))(np.arange(SEEDS))
        done = train(learner, "quantum", self.episodes, self.data, keys, self.names, "anil")
        return done.seeds.best_params

    def accuracies(self, learner: Anil, params: Params) -> np.ndarray:
        """Of each seed on every test episode, simulated as ``learner`` is."""
        if learner not in self._asked:
            built = build_learner(learner, "quantum", self.x.shape[1:], self.episodes.n_way)
            self._asked[learner] = Answering(built)
        return episode_accuracies(self._asked[learner], params, self.x, self.tests)

    def on_device(self, learner: Anil, params: Params, name: str) -> OnDevice:
        """Adapted and answered from shots of the device."""
        built = build_learner(learner, "quantum", self.x.shape[1:], self.episodes.n_way)
        card = {
            "feature_shape": list(self.x.shape[1:]),
            "learner": "anil",
            "episodes": {"n_way": self.episodes.n_way},
        }
        few = Episode(*(part[:DEVICE_EPISODES] for part in self.tests))
        device = Device(backend=f"noisy:{name}", shots=DEVICE_SHOTS)
        nothing = np.zeros((SEEDS, DEVICE_EPISODES))
        given = Trained(built, learner, "quantum", params, card)
        reading = Evaluation(devices={name: device}, device_adaptation="measured")
        subject = Subject(given, np.asarray(self.x), reading, self.key)
        return evaluate_on(name, subject, few, nothing)


def of_seed(params: Params, seed: int) -> Params:
    """The parameters of one training."""
    return jax.tree.map(lambda leaf: leaf[seed], params)


def percent(accuracies: np.ndarray) -> str:
    """Mean and 95 % interval over seeds and episodes."""
    key = stream(root_key(0), "intervals")
    resamples = episode_resamples(key, accuracies.shape[1], 2000)
    found = interval(distribution(accuracies, resamples), 0.95)
    return f"{100 * accuracies.mean():.1f} % [{100 * found[0]:.1f}, {100 * found[1]:.1f}]"


def from_shots() -> tuple[list[str], dict[str, Any]]:
    """A row for each budget of shots."""
    study, rows, found = Study(CIRCUITS["shots"]), [], {}
    episodes = study.episodes
    shape = Shape(episodes.n_way, episodes.n_shot, episodes.n_query)
    for shots in SHOTS:
        began, learner = time.process_time(), study.learner(shots)
        accuracies = study.accuracies(study.learner(), study.trained(learner))
        spent = shots_to_train(learner, "quantum", shape, STEPS) or 0
        seconds = time.process_time() - began
        shots_text = f"{spent:,}".replace(",", " ") if spent else "none"
        rows.append(
            f"| {shots or 'exact'} | {percent(accuracies)} | {shots_text} | {seconds:.0f} |"
        )
        found[str(shots)] = {"accuracies": accuracies, "shots": spent, "cpu_seconds": seconds}
    head = "| shots of a circuit | test accuracy, exact | shots to train a seed | CPU s, 3 seeds |"
    return [head, "|---|---|---:|---:|", *rows], found


def from_noise() -> tuple[list[str], dict[str, Any]]:
    """A row for each device and training."""
    study, rows, found = Study(CIRCUITS["noise"]), [], {}
    plain = study.learner()
    exact = study.trained(plain)
    own = study.accuracies(plain, exact)
    rows.append(f"| none | none | {percent(own)} | | |")
    found["none"] = {"accuracies": own}
    for name in DEVICES:
        noisy = study.learner(noise=name)
        for training, params in (("none", exact), (name, study.trained(noisy))):
            limit = study.accuracies(noisy, params)
            device = study.on_device(plain, params, name)
            spent = (device.adapt.shots if device.adapt else 0, device.answer.shots)
            rows.append(
                f"| {name} | {training} | {percent(limit)} | {percent(device.accuracy)} | "
                f"{spent[0]}, {spent[1]} |"
            )
            found[f"{name}, trained with {training}"] = {
                "limit": limit,
                "device": device.accuracy,
                "shots_adapt": spent[0],
                "shots_per_query": spent[1],
            }
    head = (
        f"| tested on | trained with the noise of | {TESTS} episodes, no end of shots | "
        f"{DEVICE_EPISODES} episodes, {DEVICE_SHOTS} shots | shots to adapt, for a query |"
    )
    return [head, "|---|---|---|---|---:|", *rows], found


STUDIES = {"shots": from_shots, "noise": from_noise}


def main() -> None:
    """Run one of the studies and write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.in_training", description=__doc__)
    parser.add_argument("study", choices=STUDIES)
    name, load = parser.parse_args().study, os.getloadavg()[0]
    with fixed():
        table, found = STUDIES[name]()
    about = (
        f"`python -m benchmarks.in_training {name}`, {SEEDS} seeds, {STEPS} steps; load {load:.0f}."
    )
    write_json(RESULTS / name / f"{name}.json", {"load": load, "results": found})
    write_text(RESULTS / name / f"{name}.md", "\n".join([about, "", *table, ""]))


if __name__ == "__main__":
    main()
