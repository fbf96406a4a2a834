"""What is served: learners that were meta-trained, and scikit-learn's nearest prototype."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestCentroid

import fewqubit as fq
from fewqubit.predict.served import server
from fewqubit.predict.served.app import build_app
from fewqubit.predict.served.service import Service

MODELS = ("quantum", "twin", "maml", "prototype")


class Nearest:
    """scikit-learn's nearest prototype; shares are a softmax of the negative distances."""

    def __init__(self, rows: np.ndarray, labels: list[object]) -> None:
        with np.errstate(invalid="ignore"):  # deviations of one row, which are not asked for
            self.centroids = NearestCentroid().fit(rows, labels)
        self.classes_ = self.centroids.classes_

    def answer(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shares, and that every row is of one of the classes."""
        distances = np.linalg.norm(rows[:, None] - self.centroids.centroids_, axis=-1)
        shares = np.exp(distances.min(axis=1, keepdims=True) - distances)
        return shares / shares.sum(axis=1, keepdims=True), np.ones(len(rows), bool)


def train(folder: Path, steps: int) -> None:
    """Circuits and a twin, meta-trained on halves of the digits' pixels: speed is asked here."""
    x, y = load_digits(return_X_y=True)
    training = fq.Training(steps=steps, validate_every=steps, tasks_per_step=4)
    shared = {"encoder": fq.Mlp((32,)), "training": training}
    circuit = fq.Circuit("hardware_efficient", n_qubits=6, repetitions=2)
    read = fq.Circuit("angle", n_qubits=6, ansatz="real_amplitudes", layers=2)
    learners = {
        "quantum": (fq.ProtoNet(circuit=circuit, **shared), "quantum"),
        "twin": (fq.ProtoNet(circuit=circuit, **shared), "twin"),
        "maml": (fq.Maml(circuit=read, **shared), "quantum"),
    }
    for name, (learner, arm) in learners.items():
        model = fq.FewShotClassifier(learner, arm=arm, n_validation=5, validation=0, verbose=False)
        model.meta_fit(x, y).save(folder / name)


def serve(model: str, folder: Path, port: int) -> None:
    """Serve in this process until it is ended."""
    if model == "prototype":
        app = build_app(Service(Nearest), {"learner": "nearest prototype"}, {})
    else:
        app = server.app_of(folder / model)
    server.serve(app, port)
