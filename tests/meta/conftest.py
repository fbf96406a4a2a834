"""Small learners of every kind, and tasks with a known answer."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fewqubit.config import Arm, Circuit
from fewqubit.meta.settings.candidates import Candidate, ScaleFactors
from fewqubit.meta.settings.gradient import Adapter, Scratch
from fewqubit.meta.settings.kernels import KernelAlign, KernelRidge, KernelSvm
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.prototypes import Conditioned, ProtoNet
from fewqubit.meta.settings.start import Anil, Fomaml, Maml, MetaSgd, Natural, Reptile
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.tasks import Task, TrainingData, class_index, draw_manifest

ENCODER = Mlp()
MAP = Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=2)
QANN = Circuit(feature_map="angle", n_qubits=2, ansatz="real_amplitudes", layers=1)
BY_REDUCED = MAP.model_copy(update={"geometry": "projected"})
BY_OUTCOMES = MAP.model_copy(update={"geometry": "hamming", "repetitions": 1})
OTHER = Candidate(geometry="projected", classical=ScaleFactors(gamma=0.5))
TRAINING = Training(steps=12, tasks_per_step=4, learning_rate=0.03, validate_every=4)
N_WAY, N_SHOT, N_QUERY, FEATURES = 3, 2, 4, 4

PERCEPTRONS = Circuit(
    feature_map="phase", ansatz="phase", n_qubits=2, readout="zero", members=3, combine="concat"
)
ENSEMBLE = QANN.model_copy(update={"members": 2, "bagged": ["iqp"]})

SHARED = {"encoder": ENCODER, "training": TRAINING}
COMPARING = {**SHARED, "circuit": MAP}
READING = {**SHARED, "circuit": QANN, "inner_lr": 0.4, "inner_steps": 3}

LEARNERS: dict[str, Learner] = {
    "protonet": ProtoNet(**COMPARING),
    "conditioned": Conditioned(hidden=4, **COMPARING),
    "kernel": KernelRidge(**COMPARING),
    "kernel-svm-at-test": KernelRidge(test_head="svm", **COMPARING),
    "kernel-projected": KernelRidge(**COMPARING | {"circuit": BY_REDUCED}),
    "kernel-hamming": KernelRidge(**COMPARING | {"circuit": BY_OUTCOMES}),
    "kernel-of-two": KernelRidge(candidates=[OTHER], **COMPARING),
    "kernel_svm": KernelSvm(**COMPARING),
    "kernel_align": KernelAlign(**COMPARING),
    "maml": Maml(**READING),
    "maml-adapters": Maml(adapts="adapters", **READING),
    "maml-circuit-adapters": Maml(
        adapts="adapters", adapter=Adapter(factors="circuit", layers=2), **READING
    ),
    "maml-perceptrons": Maml(**READING | {"circuit": PERCEPTRONS}),
    "maml-ensemble": Maml(first_order=True, **READING | {"circuit": ENSEMBLE}),
    "fomaml": Fomaml(**READING),
    "anil": Anil(**READING),
    "metasgd": MetaSgd(**READING),
    "natural": Natural(**READING),
    "reptile": Reptile(**READING),
    "scratch": Scratch(encoder=ENCODER, circuit=QANN, inner_steps=20, inner_lr=0.4),
}

CLOSED, GRADIENT = "protonet", "maml"  # one of each sort goes through every arm
EVERY = [
    (name, arm)
    for name in LEARNERS
    for arm in get_args(Arm)
    if arm in ("quantum", "twin") or name in (CLOSED, GRADIENT)
]


def clusters(seed: int, n_tasks: int = 1, n_way: int = N_WAY, n_shot: int = N_SHOT) -> Task:
    """Tasks of well separated Gaussian clusters, class-major; made outside of JAX."""
    random = np.random.default_rng(seed)
    means = 2 * random.normal(size=(n_tasks, n_way, 1, FEATURES))

    def rows(each: int) -> jax.Array:
        around = means + 0.1 * random.normal(size=(n_tasks, n_way, each, FEATURES))
        return jnp.asarray(around.reshape(n_tasks, -1, FEATURES), jnp.float32)

    def labels(each: int) -> jax.Array:
        return jnp.asarray(np.tile(np.arange(n_way).repeat(each), (n_tasks, 1)), jnp.int32)

    return Task(rows(n_shot), labels(n_shot), rows(N_QUERY), labels(N_QUERY))


@pytest.fixture(scope="session")
def training_data() -> TrainingData:
    """Twelve clusters of ten rows, eight for training and four for validation."""
    random = np.random.default_rng(0)
    means = 2 * random.normal(size=(12, 1, FEATURES))
    x = (means + 0.1 * random.normal(size=(12, 10, FEATURES))).reshape(-1, FEATURES)
    y = np.arange(12).repeat(10)
    validation = draw_manifest(
        jax.random.key(5), class_index(y, range(8, 12)), N_WAY, N_SHOT, N_QUERY, 6
    )
    return TrainingData(jnp.asarray(x, jnp.float32), class_index(y, range(8)), validation)
