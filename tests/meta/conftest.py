"""Small learners of every kind, and tasks with a known answer."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.config import (
    AnyLearner,
    Circuit,
    Encoder,
    KernelRidge,
    Maml,
    ProtoNet,
    Scratch,
    Training,
)
from fewqubit.meta.train import Material
from fewqubit.tasks import Task, class_index, draw_manifest

ENCODER = Encoder(kind="mlp")
MAP = Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=2)
QANN = Circuit(feature_map="angle", n_qubits=2, ansatz="real_amplitudes", layers=1)
TRAINING = Training(steps=12, tasks_per_step=4, learning_rate=0.03, validate_every=4)
N_WAY, N_SHOT, N_QUERY, FEATURES = 3, 2, 4, 4

LEARNERS: dict[str, AnyLearner] = {
    "protonet": ProtoNet(
        kind="protonet", encoder=ENCODER, circuit=MAP, training=TRAINING, seeds=2
    ),
    "kernel": KernelRidge(kind="kernel", encoder=ENCODER, circuit=MAP, training=TRAINING, seeds=2),
    "kernel-svm": KernelRidge(
        kind="kernel", encoder=ENCODER, circuit=MAP, test_head="svm", training=TRAINING, seeds=2
    ),
    "maml": Maml(
        kind="maml", encoder=ENCODER, circuit=QANN, inner_steps=3, inner_lr=0.4,
        training=TRAINING, seeds=2,
    ),
    "fomaml": Maml(
        kind="maml", encoder=ENCODER, circuit=QANN, inner_steps=3, inner_lr=0.4, first_order=True,
        training=TRAINING, seeds=2,
    ),
    "scratch": Scratch(
        kind="scratch", encoder=ENCODER, circuit=QANN, inner_steps=20, inner_lr=0.4, seeds=2
    ),
}  # fmt: skip

EVERY = [(name, arm) for name in LEARNERS for arm in ("quantum", "twin")]


def clusters(key: jax.Array, n_way: int = N_WAY, n_shot: int = N_SHOT) -> Task:
    """One task of well separated Gaussian clusters, class-major."""
    key_means, key_support, key_query = jax.random.split(key, 3)
    means = 2 * jax.random.normal(key_means, (n_way, 1, FEATURES))
    support = means + 0.1 * jax.random.normal(key_support, (n_way, n_shot, FEATURES))
    query = means + 0.1 * jax.random.normal(key_query, (n_way, N_QUERY, FEATURES))
    labels = jnp.arange(n_way)
    return Task(
        support.reshape(-1, FEATURES),
        labels.repeat(n_shot),
        query.reshape(-1, FEATURES),
        labels.repeat(N_QUERY),
    )


@pytest.fixture(scope="session")
def material() -> Material:
    """Twelve clusters of ten rows, eight for training and four for validation."""
    random = np.random.default_rng(0)
    means = 2 * random.normal(size=(12, 1, FEATURES))
    x = (means + 0.1 * random.normal(size=(12, 10, FEATURES))).reshape(-1, FEATURES)
    y = np.arange(12).repeat(10)
    validation = draw_manifest(
        jax.random.key(5), class_index(y, range(8, 12)), N_WAY, N_SHOT, N_QUERY, 6
    )
    return Material(jnp.asarray(x, jnp.float32), class_index(y, range(8)), validation)
